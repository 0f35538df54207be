namespace Amnion.Attestation;

/// <summary>Stable codes of what is common to all Evidence formats. Codes are never reused or renumbered.</summary>
public static class AttestationCodes
{
    /// <summary>The named platform has no appraiser in this build.</summary>
    public const string UnsupportedPlatform = "AMN-EVIDENCE-0001";

    /// <summary>The Evidence was presented for another platform than the policy names.</summary>
    public const string PlatformMismatch = "AMN-EVIDENCE-0002";

    /// <summary>A field has none of the values that the policy names.</summary>
    public const string FieldMismatch = "AMN-EVIDENCE-0003";

    /// <summary>A field that the policy names is not in the Evidence.</summary>
    public const string FieldMissing = "AMN-EVIDENCE-0004";

    /// <summary>A field is below the policy's floor, or is no number.</summary>
    public const string BelowFloor = "AMN-EVIDENCE-0005";

    /// <summary>The machine is not one the policy names.</summary>
    public const string Machine = "AMN-EVIDENCE-0006";

    /// <summary>The Evidence does not bind the value the relying party expects.</summary>
    public const string Binding = "AMN-EVIDENCE-0007";

    /// <summary>The Evidence does not carry the relying party's nonce.</summary>
    public const string Nonce = "AMN-EVIDENCE-0008";

    /// <summary>The attester can be debugged, so that its memory can be read from outside, or nothing shows that it cannot.</summary>
    public const string Debug = "AMN-EVIDENCE-0009";

    /// <summary>There are more endorsements of one kind than an appraisal looks at.</summary>
    public const string TooManyEndorsements = "AMN-EVIDENCE-0010";

    /// <summary>No format that this build knows was recognised.</summary>
    public const string UnknownFormat = "AMN-EVIDENCE-0011";

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
