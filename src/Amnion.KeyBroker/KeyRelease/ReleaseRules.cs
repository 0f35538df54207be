namespace Amnion.KeyBroker.KeyRelease;

/// <summary>What a release needs beyond what an appraisal checks.</summary>
static class ReleaseRules
{
    public static Refusal Refused(string code) => new(403, code, code switch
    {
        KeyBrokerCodes.PolicyNamesNoCode => "The key's policy names no code, so nothing may have it; grant a policy that names registers.",
        KeyBrokerCodes.PolicyNamesNoModel => "The key's policy names no model, so nothing may have it; grant a policy that names the model's digest.",
        KeyBrokerCodes.PolicyNamesNoEngine => "The key's policy names no engine configuration, so the host could choose who admits callers; grant a policy that names its digest.",
        KeyBrokerCodes.EvidenceRefused => "The Evidence does not satisfy the key's policy.",
        KeyBrokerCodes.SuiteNotAllowed => "The keyset must hold exactly one sealing key, of a suite that the key's policy names and this broker has.",
        KeyBrokerCodes.SealingKeyInvalid => "The keyset's sealing key is not a valid key of its suite.",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a refusal by rule."),
    });
}
