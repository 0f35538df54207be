using System.Buffers.Binary;

namespace Amnion.Sealing;

/// <summary>Variable-length integers of 1, 2, 4 or 8 bytes (RFC 9000 §16), as OHTTP chunks and binary HTTP use them.</summary>
static class VarInt
{
    public const int MaxLength = 8;

    /// <summary>False where the source ends inside the integer.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        value = 0;
        length = 0;
        if (source.IsEmpty || source.Length < 1 << (source[0] >> 6))
        {
            return false;
        }

        length = 1 << (source[0] >> 6);
        value = length switch
        {
            1 => source[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(source) & 0x3FFFu,
            4 => BinaryPrimitives.ReadUInt32BigEndian(source) & 0x3FFF_FFFFu,
            _ => BinaryPrimitives.ReadUInt64BigEndian(source) & 0x3FFF_FFFF_FFFF_FFFFu,
        };
        return true;
    }

    /// <summary>The fewest bytes that hold the value.</summary>
    public static int LengthOf(ulong value) => value switch
    {
        < 1UL << 6 => 1,
        < 1UL << 14 => 2,
        < 1UL << 30 => 4,
        < 1UL << 62 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>Writes the shortest form and returns its length.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        var length = LengthOf(value);
        switch (length)
        {
            case 1:
                destination[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(value | 0x4000));
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)value | 0x8000_0000u);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(destination, value | 0xC000_0000_0000_0000u);
                break;
        }

        return length;
    }
}
