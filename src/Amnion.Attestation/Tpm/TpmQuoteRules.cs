namespace Amnion.Attestation.Tpm;

/// <summary>The rules that are checked for every quote.</summary>
/// <param name="label">Put before each name where there are several quotes.</param>
sealed class TpmQuoteRules(string label)
{
    public CheckRule SignatureAlgorithm { get; } = TpmRules.SignatureAlgorithm with { Name = label + TpmRules.SignatureAlgorithm.Name };

    public CheckRule Signature { get; } = TpmRules.Signature with { Name = label + TpmRules.Signature.Name };

    public CheckRule UnquotedValues { get; } = TpmRules.UnquotedValues with { Name = label + TpmRules.UnquotedValues.Name };

    public CheckRule PcrDigest { get; } = TpmRules.PcrDigest with { Name = label + TpmRules.PcrDigest.Name };
}
