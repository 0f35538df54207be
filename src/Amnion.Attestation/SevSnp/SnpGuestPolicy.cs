using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>What the guest's owner lets the platform do; measured into the launch and enforced by the firmware. AMD 56860, POLICY.</summary>
/// <param name="Value">All 64 bits.</param>
public readonly record struct SnpGuestPolicy(ulong Value)
{
    /// <summary>Bits 26 to 63 must be zero.</summary>
    const ulong MustBeZero = ~0UL << 26;

    /// <summary>Bit 17 must be one.</summary>
    const ulong MustBeOne = 1UL << 17;

    /// <summary>Lowest minor version of the firmware's ABI that may run the guest, bits 0 to 7.</summary>
    public byte AbiMinor => (byte)Value;

    /// <summary>Lowest major version of the ABI, bits 8 to 15.</summary>
    public byte AbiMajor => (byte)(Value >> 8);

    /// <summary>Bit 16: may run with simultaneous multithreading.</summary>
    public bool Smt => Bit(16);

    /// <summary>Bit 17, always set.</summary>
    public bool ReservedOne => Bit(17);

    /// <summary>Bit 18: a migration agent may be bound to the guest and sees its memory.</summary>
    public bool MigrationAgent => Bit(18);

    /// <summary>Bit 19: the host may read and write the guest's memory through the firmware.</summary>
    public bool Debug => Bit(19);

    /// <summary>Bit 20: runs on one socket only.</summary>
    public bool SingleSocket => Bit(20);

    /// <summary>Bit 21: CXL devices and memory may be present.</summary>
    public bool Cxl => Bit(21);

    /// <summary>Bit 22: memory must be encrypted with AES-256-XTS.</summary>
    public bool Aes256Xts => Bit(22);

    /// <summary>Bit 23: power measurement (RAPL) must be off.</summary>
    public bool RaplDisabled => Bit(23);

    /// <summary>Bit 24: ciphertext hiding must be on.</summary>
    public bool CiphertextHiding => Bit(24);

    /// <summary>Bit 25: the firmware may not swap or move the guest's pages.</summary>
    public bool PageSwapDisabled => Bit(25);

    /// <summary>True where a reserved bit has the wrong value.</summary>
    public bool HasReserved => (Value & MustBeZero) != 0 || (Value & MustBeOne) == 0;

    /// <summary>"0x" and hexadecimal digits without leading zeros.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    bool Bit(int index) => (Value >> index & 1) != 0;
}
