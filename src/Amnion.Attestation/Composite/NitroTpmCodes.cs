namespace Amnion.Attestation.Composite;

/// <summary>Stable codes of NitroTPM documents; their chains have Nitro's own (AMN-NITRO-0010 to 0027). Codes are never reused or renumbered.</summary>
public static class NitroTpmCodes
{
    /// <summary>The Evidence is not a well-formed NitroTPM document.</summary>
    public const string Malformed = "AMN-NITROTPM-0001";

    /// <summary>The document is of a Nitro enclave (<c>pcrs</c>), which has the same root and other registers.</summary>
    public const string EnclaveDocument = "AMN-NITROTPM-0002";

    /// <summary>The document is dated after the verifier's time.</summary>
    public const string TimestampInFuture = "AMN-NITROTPM-0003";

    /// <summary>The document is older than the policy allows.</summary>
    public const string TooOld = "AMN-NITROTPM-0004";
}
