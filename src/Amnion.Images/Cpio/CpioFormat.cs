namespace Amnion.Images.Cpio;

/// <summary>Layout of "newc" archives: a 110-byte header of hexadecimal text, the name, the data, each padded to four bytes. Linux, Documentation/driver-api/early-userspace/buffer-format.rst.</summary>
static class CpioFormat
{
    public const int HeaderLength = 110;
    public const int FieldLength = 8;
    public const int FieldCount = 13;
    public const string Trailer = "TRAILER!!!";

    public const uint TypeMask = 0xF000;
    public const uint Socket = 0xC000;
    public const uint Link = 0xA000;
    public const uint Regular = 0x8000;
    public const uint BlockDevice = 0x6000;
    public const uint Directory = 0x4000;
    public const uint CharacterDevice = 0x2000;
    public const uint Fifo = 0x1000;

    public static ReadOnlySpan<byte> Magic => "070701"u8;

    /// <summary>Bytes up to the next multiple of four.</summary>
    public static int Padding(long length) => (int)(-length & 3);
}
