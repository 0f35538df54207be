using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Amnion.Attestation.Cbor;

/// <summary>Writes CBOR (RFC 8949) in the one form <see cref="CborInput"/> reads: shortest heads, definite lengths.</summary>
sealed class CborOutput
{
    readonly ArrayBufferWriter<byte> _buffer = new(512);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public CborOutput Unsigned(ulong value) => Head(0, value);

    public CborOutput Integer(long value) => value < 0 ? Head(1, (ulong)(-1 - value)) : Head(0, (ulong)value);

    public CborOutput Bytes(ReadOnlySpan<byte> value)
    {
        Head(2, (ulong)value.Length);
        _buffer.Write(value);
        return this;
    }

    /// <summary>A byte string, or null.</summary>
    public CborOutput OptionalBytes(ReadOnlyMemory<byte>? value) => value is { } bytes ? Bytes(bytes.Span) : Raw([0xf6]);

    public CborOutput Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        Head(3, (ulong)utf8.Length);
        _buffer.Write(utf8);
        return this;
    }

    public CborOutput Boolean(bool value) => Raw([value ? (byte)0xf5 : (byte)0xf4]);

    public CborOutput Array(int count) => Head(4, (ulong)count);

    public CborOutput Map(int pairs) => Head(5, (ulong)pairs);

    /// <summary>An item that is encoded already.</summary>
    public CborOutput Raw(ReadOnlySpan<byte> item)
    {
        _buffer.Write(item);
        return this;
    }

    CborOutput Head(int major, ulong value)
    {
        Span<byte> head = stackalloc byte[9];
        var (info, size) = value switch
        {
            < 24 => ((int)value, 0),
            <= byte.MaxValue => (24, 1),
            <= ushort.MaxValue => (25, 2),
            <= uint.MaxValue => (26, 4),
            _ => (27, 8),
        };
        BinaryPrimitives.WriteUInt64BigEndian(head[1..], value << (64 - (8 * Math.Max(size, 1))));
        head[0] = (byte)((major << 5) | info);
        _buffer.Write(head[..(1 + size)]);
        return this;
    }
}
