namespace Amnion.Attestation.SevSnp;

/// <summary>Names of weaknesses that a policy may allow for SEV-SNP (<see cref="AppraisalPolicy.Allow"/>). Absent means deny.</summary>
public static class SnpAllowance
{
    /// <summary>Simultaneous multithreading on the platform or in the guest's policy. Almost every cloud needs it.</summary>
    public const string Smt = "smt";

    /// <summary>A migration agent.</summary>
    public const string MigrationAgent = "migrate";

    /// <summary>CXL devices and memory.</summary>
    public const string Cxl = "cxl";

    /// <summary>Firmware that the platform has not committed to.</summary>
    public const string ProvisionalFirmware = "provisional-firmware";

    /// <summary>A platform of report version 3 or later that did not check memory for aliased addresses.</summary>
    public const string NoAliasCheck = "no-alias-check";

    /// <summary>Devices that guests may trust.</summary>
    public const string TrustedDevices = "tio";

    /// <summary>A VCEK's report that names no chip because the host masks it; the endorsement key's certificate still names it.</summary>
    public const string MaskedChipId = "masked-chip-id";

    /// <summary>A mitigation of the launch that is not in effect any more.</summary>
    public const string FewerMitigations = "fewer-mitigations";
}
