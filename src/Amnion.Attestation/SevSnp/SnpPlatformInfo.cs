using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>How the platform is configured at the moment of the report. AMD 56860, PLATFORM_INFO.</summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct SnpPlatformInfo(ulong Value)
{
    /// <summary>Bits 8 to 63 must be zero.</summary>
    const ulong MustBeZero = ~0UL << 8;

    /// <summary>Bit 0: simultaneous multithreading is on.</summary>
    public bool Smt => Bit(0);

    /// <summary>Bit 1: all of memory is encrypted (TSME).</summary>
    public bool Tsme => Bit(1);

    /// <summary>Bit 2: memory has error-correcting codes.</summary>
    public bool Ecc => Bit(2);

    /// <summary>Bit 3: power measurement (RAPL) is off.</summary>
    public bool RaplDisabled => Bit(3);

    /// <summary>Bit 4: ciphertext hiding is on.</summary>
    public bool CiphertextHiding => Bit(4);

    /// <summary>Bit 5: memory was checked for aliased addresses since the last reset (CVE-2024-21944). Defined for version 3 and later.</summary>
    public bool AliasCheckComplete => Bit(5);

    /// <summary>Bit 6: the IOMMU's writes are safe.</summary>
    public bool IommuWriteSafe => Bit(6);

    /// <summary>Bit 7: devices may be trusted by guests (SEV-TIO).</summary>
    public bool Tio => Bit(7);

    /// <summary>True where a reserved bit is set.</summary>
    public bool HasReserved => (Value & MustBeZero) != 0;

    /// <summary>"0x" and hexadecimal digits without leading zeros.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    bool Bit(int index) => (Value >> index & 1) != 0;
}
