using System.Buffers.Binary;
using System.Text;

namespace Amnion.Inference.Protocol;

/// <summary>Builds frames one after the other in one reused buffer, so that all frames of a step leave in one write.</summary>
sealed class FrameWriter
{
    byte[] bytes = new byte[16 * 1024];
    int length;
    int frame;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public void Begin(FrameType type)
    {
        frame = length;
        Room(FrameBuffer.Overhead)[4] = (byte)type;
    }

    public void End() => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(frame), length - frame - 4);

    public void Byte(byte value) => Room(1)[0] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleLittleEndian(Room(4), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Room(value.Length));
    }

    public void Text(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Int32(count);
        _ = Encoding.UTF8.GetBytes(value, Room(count));
    }

    /// <summary>Zeroes and empties the buffer.</summary>
    public void Clear()
    {
        bytes.AsSpan(0, length).Clear();
        length = 0;
    }

    /// <summary>A copy of what was written; the buffer is zeroed and emptied.</summary>
    public byte[] Take()
    {
        var taken = Written.ToArray();
        Clear();
        return taken;
    }

    Span<byte> Room(int count)
    {
        if (count > bytes.Length - length)
        {
            var old = bytes;
            bytes = new byte[Math.Max(checked(length + count), old.Length * 2)];
            old.AsSpan(0, length).CopyTo(bytes);
            Array.Clear(old);
        }

        var room = bytes.AsSpan(length, count);
        length += count;
        return room;
    }
}
