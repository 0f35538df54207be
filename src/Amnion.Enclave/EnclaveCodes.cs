namespace Amnion.Enclave;

/// <summary>Every reason for which the enclave refuses an exchange. A code is all the host learns.</summary>
static class EnclaveCodes
{
    /// <summary>The peer's bytes are no frames of this protocol, or the frame may not stand at this place of an exchange.</summary>
    public const string Frame = "AMN-ENC-0001";

    /// <summary>The enclave was not booted yet.</summary>
    public const string NotBooted = "AMN-ENC-0002";

    /// <summary>The enclave was booted before; a boot is never repeated.</summary>
    public const string AlreadyBooted = "AMN-ENC-0003";

    /// <summary>The boot request, or a record inside it, is malformed or not in canonical form.</summary>
    public const string BootMalformed = "AMN-ENC-0004";

    /// <summary>The model signer's key is not the one the engine configuration names.</summary>
    public const string ModelSigner = "AMN-ENC-0005";

    /// <summary>The model manifest's signature does not verify.</summary>
    public const string ManifestSignature = "AMN-ENC-0006";

    /// <summary>The model manifest is malformed or declares a model this enclave does not run.</summary>
    public const string Manifest = "AMN-ENC-0007";

    /// <summary>The suite policy offers no suite this enclave has.</summary>
    public const string NoSuite = "AMN-ENC-0008";

    /// <summary>A register of 16 to 23 was extended or locked before this boot.</summary>
    public const string RegisterNotFresh = "AMN-ENC-0009";

    /// <summary>A register did not have the expected value after it was extended.</summary>
    public const string RegisterValue = "AMN-ENC-0010";

    /// <summary>A register was not locked after it was told to lock.</summary>
    public const string RegisterNotLocked = "AMN-ENC-0011";

    /// <summary>The security module refused, or answered something that is no answer.</summary>
    public const string SecurityModule = "AMN-ENC-0012";

    /// <summary>An earlier boot failed; this process only answers telemetry now.</summary>
    public const string BootFailed = "AMN-ENC-0013";

    /// <summary>Too many exchanges at once.</summary>
    public const string Busy = "AMN-ENC-0014";

    /// <summary>The exchange took longer than its time limit.</summary>
    public const string TimeLimit = "AMN-ENC-0015";

    /// <summary>An unexpected failure inside the enclave; nothing was answered.</summary>
    public const string Internal = "AMN-ENC-0016";

    /// <summary>The image was built for another model.</summary>
    public const string ImageModel = "AMN-ENC-0017";

    /// <summary>The image was built for another guard policy.</summary>
    public const string ImageGuard = "AMN-ENC-0019";

    /// <summary>The engine configuration names another engine than this image has: built-in or workload, its command line, port, or sharing.</summary>
    public const string EngineKind = "AMN-ENC-0018";

    /// <summary>The evidence request has an unknown purpose or a nonce outside 16 to 64 bytes.</summary>
    public const string EvidenceRequest = "AMN-ENC-0020";

    /// <summary>The broker's challenge is malformed or expired.</summary>
    public const string Challenge = "AMN-ENC-0021";

    /// <summary>The wrapped key is malformed.</summary>
    public const string WrappedKeyMalformed = "AMN-ENC-0022";

    /// <summary>The wrapped key or the challenge names another data key than the manifest.</summary>
    public const string KeyId = "AMN-ENC-0023";

    /// <summary>The data key was wrapped with a suite that was not offered for it.</summary>
    public const string WrapSuite = "AMN-ENC-0024";

    /// <summary>The wrapped key does not open: altered, or sealed to another key, challenge, manifest or broker.</summary>
    public const string WrappedKeyOpen = "AMN-ENC-0025";

    /// <summary>The data key is not the one the manifest commits to.</summary>
    public const string KeyCommitment = "AMN-ENC-0026";

    /// <summary>The enclave has its data key, or no longer needs one.</summary>
    public const string KeyNotNeeded = "AMN-ENC-0027";

    /// <summary>Weights were sent before the data key, or after the model was loaded.</summary>
    public const string WeightsNotExpected = "AMN-ENC-0030";

    /// <summary>The file is not one the manifest names for the engine.</summary>
    public const string WeightsPath = "AMN-ENC-0031";

    /// <summary>The file's sealed length is not what the manifest implies.</summary>
    public const string WeightsLength = "AMN-ENC-0033";

    /// <summary>A segment does not open: altered, reordered, cut, of another file or under another key.</summary>
    public const string WeightsSegment = "AMN-ENC-0034";

    /// <summary>The opened file is not a model the validator accepts.</summary>
    public const string WeightsFormat = "AMN-ENC-0035";

    /// <summary>The opened file's SHA-256 differs from the manifest (verify: full).</summary>
    public const string WeightsDigest = "AMN-ENC-0036";

    /// <summary>The engine could not load the model.</summary>
    public const string EngineLoad = "AMN-ENC-0037";

    /// <summary>The enclave has no memory for the weights.</summary>
    public const string WeightsMemory = "AMN-ENC-0038";

    /// <summary>The workload was started and did not become ready; the enclave serves nothing any more.</summary>
    public const string WorkloadLoad = "AMN-ENC-0039";

    /// <summary>The configuration release is malformed.</summary>
    public const string ConfigurationMalformed = "AMN-ENC-0040";

    /// <summary>The configuration release is not signed by the signer the engine configuration names.</summary>
    public const string ConfigurationSigner = "AMN-ENC-0041";

    /// <summary>The configuration release is expired, or not valid yet, by Evidence time.</summary>
    public const string ConfigurationExpired = "AMN-ENC-0042";

    /// <summary>The configuration release is older than the one in force.</summary>
    public const string ConfigurationOlder = "AMN-ENC-0043";

    /// <summary>The configuration release names several tenants, or another one than before, and the workload is not shared.</summary>
    public const string ConfigurationTenants = "AMN-ENC-0044";

    /// <summary>The sealed request is malformed or cut short.</summary>
    public const string RequestMalformed = "AMN-ENC-0050";

    /// <summary>No live key has the request's key id: the caller must fetch and appraise Evidence again.</summary>
    public const string KeyUnknown = "AMN-ENC-0051";

    /// <summary>The request uses a suite its key was not offered with.</summary>
    public const string SuiteNotOffered = "AMN-ENC-0052";

    /// <summary>The request's encapsulated key was used before: a replay.</summary>
    public const string Replayed = "AMN-ENC-0053";

    /// <summary>The sealed request does not open.</summary>
    public const string RequestOpen = "AMN-ENC-0054";

    /// <summary>The key's replay memory is full; its keyset was replaced and erased. The caller must fetch Evidence again.</summary>
    public const string ReplayMemoryFull = "AMN-ENC-0055";

    /// <summary>The sealed request is longer than is accepted.</summary>
    public const string RequestTooLong = "AMN-ENC-0056";
}
