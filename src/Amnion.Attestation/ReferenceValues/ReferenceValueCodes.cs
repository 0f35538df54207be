namespace Amnion.Attestation.ReferenceValues;

/// <summary>Stable codes of comparing Reference Values with what was attested. Codes are never reused or renumbered.</summary>
public static class ReferenceValueCodes
{
    /// <summary>A set of measurements is of a type not known here.</summary>
    public const string TypeUnknown = "AMN-REFVAL-0001";

    /// <summary>A set of measurements has another number of registers than its type.</summary>
    public const string RegisterCount = "AMN-REFVAL-0002";

    /// <summary>A register is not hexadecimal, or longer than any hash.</summary>
    public const string RegisterMalformed = "AMN-REFVAL-0003";

    /// <summary>Sets of these two types have no register in common.</summary>
    public const string CombinationUnsupported = "AMN-REFVAL-0004";

    /// <summary>A register differs.</summary>
    public const string Mismatch = "AMN-REFVAL-0005";

    /// <summary>RTMR3, which the reference leaves empty, was extended.</summary>
    public const string Rtmr3Extended = "AMN-REFVAL-0006";

    /// <summary>A signed statement's predicate does not hold the measurements of its type.</summary>
    public const string PredicateMalformed = "AMN-REFVAL-0007";

    /// <summary>Hardware measurements are compared with TDX measurements only.</summary>
    public const string HardwareType = "AMN-REFVAL-0010";

    /// <summary>The TDX measurements to find hardware for have another number of registers than five.</summary>
    public const string HardwareRegisterCount = "AMN-REFVAL-0011";

    /// <summary>No known hardware has this MRTD and RTMR0.</summary>
    public const string HardwareUnknown = "AMN-REFVAL-0012";

    /// <summary>The attested user data does not have the layout of a TLS fingerprint and a key, or the offered key is not 32 bytes.</summary>
    public const string KeyBindingMalformed = "AMN-REFVAL-0020";

    /// <summary>The offered key is not the attested one.</summary>
    public const string KeyBindingMismatch = "AMN-REFVAL-0021";

    /// <summary>The attested key is all zeros: the enclave attested none.</summary>
    public const string KeyBindingAbsent = "AMN-REFVAL-0022";
}
