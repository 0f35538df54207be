using System.Buffers.Binary;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>Reads what a TPM marshals: big-endian integers and sized buffers, TPM 2.0 Library Part 1 §11. No length is believed before it is known to fit.</summary>
ref struct TpmReader
{
    readonly ReadOnlySpan<byte> _data;
    readonly int _origin;
    int _position;

    /// <param name="data">The structure.</param>
    /// <param name="origin">Where <paramref name="data"/> starts in the whole, for offsets in messages.</param>
    public TpmReader(ReadOnlySpan<byte> data, int origin = 0)
    {
        _data = data;
        _origin = origin;
    }

    public readonly int Position => _position;

    public readonly bool AtEnd => _position == _data.Length;

    public byte ReadByte(string field) => ReadBytes(1, field)[0];

    public ushort ReadUInt16(string field) => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(2, field));

    public uint ReadUInt32(string field) => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(4, field));

    public ulong ReadUInt64(string field) => BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(8, field));

    public ReadOnlySpan<byte> ReadBytes(int count, string field)
    {
        if (count > _data.Length - _position)
        {
            throw Refuse(field, string.Create(CultureInfo.InvariantCulture, $"needs {count} bytes; {_data.Length - _position} are left"));
        }

        var bytes = _data.Slice(_position, count);
        _position += count;
        return bytes;
    }

    /// <summary>A TPM2B: 16 bits of size, then that many bytes, at most <paramref name="max"/>.</summary>
    public ReadOnlySpan<byte> ReadSized(int max, string field)
    {
        var size = ReadUInt16(field + ".size");
        return size <= max ? ReadBytes(size, field) : throw Refuse(field, string.Create(CultureInfo.InvariantCulture, $"{size} bytes; at most {max} are possible"));
    }

    public readonly void ExpectEnd(string field)
    {
        if (!AtEnd)
        {
            throw Refuse(field, string.Create(CultureInfo.InvariantCulture, $"{_data.Length - _position} bytes follow the structure"));
        }
    }

    public readonly TpmFormatException Refuse(string field, string problem, string code = TpmCodes.Malformed) => new(_origin + _position, field, problem, code);
}
