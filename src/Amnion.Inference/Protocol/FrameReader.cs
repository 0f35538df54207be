using System.Buffers.Binary;

namespace Amnion.Inference.Protocol;

/// <summary>Reads a frame's payload in order, with bounds.</summary>
ref struct FrameReader(ReadOnlySpan<byte> payload)
{
    readonly ReadOnlySpan<byte> payload = payload;
    int offset;

    public byte Byte(string field) => Take(1, field)[0];

    public bool Flag(string field) => Byte(field) switch
    {
        0 => false,
        1 => true,
        var value => throw new FrameFormatException(offset - 1, field, $"{value} is not 0 or 1"),
    };

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, field));

    public int Int32(string field, int min, int max)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(Take(4, field));
        return value >= min && value <= max ? value : throw new FrameFormatException(offset - 4, field, $"{value} is not {min} to {max}");
    }

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(8, field));

    public float Single(string field) => BinaryPrimitives.ReadSingleLittleEndian(Take(4, field));

    /// <summary>Bytes with a 32-bit length in front.</summary>
    public ReadOnlySpan<byte> Bytes(string field, int max) => Take(Int32(field, 0, max), field);

    public readonly void End()
    {
        if (offset != payload.Length)
        {
            throw new FrameFormatException(offset, "end", $"{payload.Length - offset} bytes are left over");
        }
    }

    ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > payload.Length - offset)
        {
            throw new FrameFormatException(offset, field, $"needs {count} bytes, {payload.Length - offset} are left");
        }

        var taken = payload.Slice(offset, count);
        offset += count;
        return taken;
    }
}
