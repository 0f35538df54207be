namespace Amnion.Attestation.ReferenceValues;

/// <summary>Types of measurement sets, by the addresses that name them.</summary>
public static class MeasurementTypes
{
    /// <summary>One register: the launch measurement of an SEV-SNP guest.</summary>
    public const string SevSnp = "https://tinfoil.sh/predicate/sev-snp-guest/v2";

    /// <summary>Five registers of a TDX guest: MRTD, RTMR0 to RTMR3.</summary>
    public const string Tdx = "https://tinfoil.sh/predicate/tdx-guest/v2";

    /// <summary>Three registers of one image on either platform: SEV-SNP launch measurement, RTMR1, RTMR2.</summary>
    public const string MultiPlatform = "https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1";

    /// <summary>MRTD and RTMR0 by machine type: a predicate, not a set of one guest.</summary>
    public const string Hardware = "https://tinfoil.sh/predicate/hardware-measurements/v1";

    /// <summary>Registers of a type; null for types not known here.</summary>
    internal static int? RegisterCount(string type) => type switch
    {
        SevSnp => 1,
        Tdx => 5,
        MultiPlatform => 3,
        _ => null,
    };
}
