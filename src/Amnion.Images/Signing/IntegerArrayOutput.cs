using System.Buffers;
using System.Text;

namespace Amnion.Images.Signing;

/// <summary>Writes what <see cref="IntegerArrayInput"/> reads.</summary>
sealed class IntegerArrayOutput
{
    readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public IntegerArrayOutput Array(int count) => Head(4, count);

    public IntegerArrayOutput Map(int pairs) => Head(5, pairs);

    public IntegerArrayOutput Unsigned(int value) => Head(0, value);

    public IntegerArrayOutput Key(string ascii)
    {
        Head(3, ascii.Length);
        _buffer.Write(Encoding.ASCII.GetBytes(ascii));
        return this;
    }

    public IntegerArrayOutput Bytes(ReadOnlySpan<byte> value)
    {
        Head(4, value.Length);
        foreach (var octet in value)
        {
            Head(0, octet);
        }

        return this;
    }

    IntegerArrayOutput Head(int major, int value)
    {
        var first = major << 5;
        switch (value)
        {
            case < 24:
                _buffer.Write([(byte)(first | value)]);
                break;
            case <= byte.MaxValue:
                _buffer.Write([(byte)(first | 24), (byte)value]);
                break;
            default:
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
                _buffer.Write([(byte)(first | 25), (byte)(value >> 8), (byte)value]);
                break;
        }

        return this;
    }
}
