using System.Globalization;

namespace Amnion.Attestation.SevSnp;

/// <summary>Security patch levels of a platform's firmware: AMD 56860, TCB_VERSION. Each part is 0 to 255 and compared on its own.</summary>
/// <param name="Value">The eight bytes as the little-endian number that the report holds.</param>
/// <param name="Layout">Where the parts stand.</param>
public readonly record struct SnpTcb(ulong Value, SnpTcbLayout Layout)
{
    /// <summary>The first boot loader (FMC); null before Turin.</summary>
    public byte? Fmc => IsTurin ? At(0) : null;

    /// <summary>The PSP's boot loader.</summary>
    public byte BootLoader => IsTurin ? At(1) : At(0);

    /// <summary>The PSP's operating system.</summary>
    public byte Tee => IsTurin ? At(2) : At(1);

    /// <summary>The SNP firmware.</summary>
    public byte Snp => IsTurin ? At(3) : At(6);

    /// <summary>The lowest microcode patch level of all cores.</summary>
    public byte Microcode => At(7);

    /// <summary>True where a byte is not zero that the layout reserves.</summary>
    public bool HasReserved => (Value & (IsTurin ? 0x00ff_ffff_0000_0000UL : 0x0000_ffff_ffff_0000UL)) != 0;

    bool IsTurin => Layout == SnpTcbLayout.Turin;

    /// <summary>True where no part is above the other's, reserved ones included. Not a total order: neither may be at most the other.</summary>
    public bool IsAtMost(SnpTcb other)
    {
        for (var i = 0; i < 8; i++)
        {
            if (At(i) > other.At(i))
            {
                return false;
            }
        }

        return Layout == other.Layout;
    }

    /// <summary>The number in 16 lower-case hexadecimal digits, as AMD's tools print it.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    byte At(int index) => (byte)(Value >> (8 * index));
}
