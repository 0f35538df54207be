using System.Globalization;
using System.Text;

namespace Amnion.Images.Signing;

/// <summary>
/// Reads the CBOR (RFC 8949) of signature sections as serde_cbor writes it: shortest heads, definite lengths, and bytes as arrays of
/// integers. Nothing else is accepted.
/// </summary>
ref struct IntegerArrayInput(ReadOnlySpan<byte> data, long origin)
{
    readonly ReadOnlySpan<byte> _data = data;
    int _position;

    public readonly long Offset => origin + _position;

    public int Array(string field) => Head(4, field);

    public void Map(int pairs, string field)
    {
        var start = Offset;
        if (Head(5, field) != pairs)
        {
            throw new EifSignatureFormatException(start, field, string.Create(CultureInfo.InvariantCulture, $"expected a map of {pairs} pairs"));
        }
    }

    public void Key(string name)
    {
        var start = Offset;
        var length = Head(3, name);
        if (length > _data.Length - _position || !_data.Slice(_position, length).SequenceEqual(Encoding.ASCII.GetBytes(name)))
        {
            throw new EifSignatureFormatException(start, name, $"expected the key \"{name}\" here");
        }

        _position += length;
    }

    public int Unsigned(string field) => Head(0, field);

    /// <summary>An array of integers from 0 to 255.</summary>
    public byte[] Bytes(string field)
    {
        var count = Array(field);
        if (count > _data.Length - _position)
        {
            throw new EifSignatureFormatException(Offset, field, "the array is longer than the section");
        }

        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            var start = Offset;
            var value = Head(0, field);
            bytes[i] = value <= byte.MaxValue ? (byte)value : throw new EifSignatureFormatException(start, field, "an item is above 255");
        }

        return bytes;
    }

    public readonly void End(string field)
    {
        if (_position != _data.Length)
        {
            throw new EifSignatureFormatException(Offset, field, string.Create(CultureInfo.InvariantCulture, $"{_data.Length - _position} bytes follow"));
        }
    }

    int Head(int major, string field)
    {
        if (_position == _data.Length || _data[_position] >> 5 != major)
        {
            throw new EifSignatureFormatException(Offset, field, string.Create(CultureInfo.InvariantCulture, $"expected CBOR major type {major}"));
        }

        var info = _data[_position] & 31;
        var size = info switch { < 24 => 0, 24 => 1, 25 => 2, _ => throw new EifSignatureFormatException(Offset, field, "a length or value above 65535, or of indefinite length") };
        if (_data.Length - _position - 1 < size)
        {
            throw new EifSignatureFormatException(Offset, field, "the section ends early");
        }

        var value = size switch { 0 => info, 1 => _data[_position + 1], _ => (_data[_position + 1] << 8) | _data[_position + 2] };
        if ((size == 1 && value < 24) || (size == 2 && value < 256))
        {
            throw new EifSignatureFormatException(Offset, field, "not in its shortest form");
        }

        _position += 1 + size;
        return value;
    }
}
