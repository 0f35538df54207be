using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Amnion.Attestation.EventLogs;

/// <summary>Strict reader of SCALE, the encoding that dstack's attestations use: little-endian integers, compact lengths in their shortest form.</summary>
ref struct ScaleInput(ReadOnlySpan<byte> data)
{
    readonly ReadOnlySpan<byte> _data = data;
    int _position;

    public byte ReadByte(string field) => Take(1, field)[0];

    public uint ReadUInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, field));

    /// <summary>A compact integer: the lowest two bits give its length of 1, 2 or 4 bytes; longer ones exceed every limit here.</summary>
    public int ReadCompact(int max, string field)
    {
        var first = ReadByte(field);
        var value = (uint)first >> 2;
        switch (first & 3)
        {
            case 1:
                value |= (uint)ReadByte(field) << 6;
                _ = value >= 1u << 6 ? value : throw Refuse(field, "a length that is not in its shortest form");
                break;
            case 2:
                var rest = Take(3, field);
                value |= ((uint)rest[0] << 6) | ((uint)rest[1] << 14) | ((uint)rest[2] << 22);
                _ = value >= 1u << 14 ? value : throw Refuse(field, "a length that is not in its shortest form");
                break;
            case 3:
                throw Refuse(field, "a length beyond every limit");
        }

        return value <= (uint)max ? (int)value : throw Refuse(field, "a length beyond its limit");
    }

    public ReadOnlySpan<byte> ReadBytes(int max, string field) => Take(ReadCompact(max, field), field);

    public string ReadText(int max, string field)
    {
        var bytes = ReadBytes(max, field);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Refuse(field, "text that is not valid UTF-8");
    }

    public ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > _data.Length - _position)
        {
            throw Refuse(field, "longer than the input");
        }

        var taken = _data.Slice(_position, count);
        _position += count;
        return taken;
    }

    public readonly void ExpectEnd()
    {
        if (_position != _data.Length)
        {
            throw Refuse("attestation", "bytes follow the last field");
        }
    }

    public readonly EventLogFormatException Refuse(string field, string problem) => new(_position, field, problem);
}
