namespace Amnion.Host.Relay;

/// <summary>The enclave's codes that have an HTTP status of their own. The host may not reference the enclave's project; a test compares the two.</summary>
static class EnclaveRefusals
{
    internal const string NotBooted = "AMN-ENC-0002";
    internal const string Busy = "AMN-ENC-0014";
    internal const string TimeLimit = "AMN-ENC-0015";
    internal const string RequestMalformed = "AMN-ENC-0050";
    internal const string KeyUnknown = "AMN-ENC-0051";
    internal const string SuiteNotOffered = "AMN-ENC-0052";
    internal const string Replayed = "AMN-ENC-0053";
    internal const string RequestOpen = "AMN-ENC-0054";
    internal const string ReplayMemoryFull = "AMN-ENC-0055";
    internal const string RequestTooLong = "AMN-ENC-0056";
}
