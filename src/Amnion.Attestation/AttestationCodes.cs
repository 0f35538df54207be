namespace Amnion.Attestation;

/// <summary>Stable codes of what is common to all Evidence formats. Codes are never reused or renumbered.</summary>
public static class AttestationCodes
{
    /// <summary>The named platform has no appraiser in this build.</summary>
    public const string UnsupportedPlatform = "AMN-EVIDENCE-0001";

    /// <summary>The Evidence was presented for another platform than the policy names.</summary>
    public const string PlatformMismatch = "AMN-EVIDENCE-0002";

    /// <summary>The policy document breaks the format "amnion/policy/1".</summary>
    public const string PolicyMalformed = "AMN-POLICY-0001";

    /// <summary>The policy names no register that fixes which code runs; absent means deny.</summary>
    public const string PolicyPinsNoCode = "AMN-POLICY-0002";

    /// <summary>The policy names a register but no Reference Value for it; absent means deny.</summary>
    public const string PolicyRegisterWithoutValues = "AMN-POLICY-0003";

    /// <summary>The policy's trust anchor is not one its platform may use.</summary>
    public const string PolicyAnchorUnfit = "AMN-POLICY-0004";

    /// <summary>An X.509 certificate or revocation list given as trust anchor or endorsement does not parse.</summary>
    public const string CertificateMalformed = "AMN-X509-0001";
}
