using System.Buffers.Binary;
using System.Text;

namespace Amnion.Models.Gguf;

/// <summary>Reads a GGUF header forward, little-endian, never past the file's length or <see cref="GgufLimits.HeaderBytes"/>.</summary>
sealed class GgufReader(Stream stream, long length)
{
    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    readonly byte[] _buffer = new byte[64 << 10];
    byte[] _text = new byte[1024];
    int _start;
    int _end;

    /// <summary>Bytes read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes of the file not yet read.</summary>
    public long Remaining => length - Offset;

    public uint UInt32(string field)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes, field);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong UInt64(string field)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes, field);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A count of items that each take at least <paramref name="itemBytes"/> bytes, so that nothing is allocated that the file cannot hold.</summary>
    public int Count(string field, int max, int itemBytes)
    {
        var offset = Offset;
        var count = UInt64(field);
        if (count > (ulong)max)
        {
            throw new GgufFormatException(ModelCodes.GgufCount, offset, field, $"is {count}; at most {max} are accepted");
        }

        return (long)count * itemBytes <= Remaining ? (int)count : throw Truncated(field);
    }

    /// <summary>A string of at most <paramref name="max"/> bytes: valid UTF-8 without NUL (the engine's strings end at NUL).</summary>
    public string Text(string field, int max)
    {
        var offset = Offset;
        var size = UInt64(field);
        if (size > (ulong)max)
        {
            throw new GgufFormatException(ModelCodes.GgufString, offset, field, $"is {size} bytes long; at most {max} are accepted");
        }

        if (_text.Length < (int)size)
        {
            if ((long)size > Remaining)
            {
                throw Truncated(field);
            }

            _text = new byte[Math.Max((int)size, Math.Min(max, 2 * _text.Length))];
        }

        var bytes = _text.AsSpan(0, (int)size);
        Read(bytes, field);
        if (bytes.Contains((byte)0))
        {
            throw new GgufFormatException(ModelCodes.GgufString, offset, field, "contains NUL");
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new GgufFormatException(ModelCodes.GgufString, offset, field, "is not UTF-8");
        }
    }

    /// <summary>Fills the span.</summary>
    public void Read(Span<byte> destination, string field)
    {
        if (destination.Length > Remaining)
        {
            throw Truncated(field);
        }

        if (Offset + destination.Length > GgufLimits.HeaderBytes)
        {
            throw new GgufFormatException(ModelCodes.GgufHeaderSize, Offset, field, $"lies beyond the first {GgufLimits.HeaderBytes} bytes");
        }

        Offset += destination.Length;
        while (!destination.IsEmpty)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = stream.Read(_buffer);
                if (_end == 0)
                {
                    throw Truncated(field);
                }
            }

            var part = Math.Min(destination.Length, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(destination);
            _start += part;
            destination = destination[part..];
        }
    }

    GgufFormatException Truncated(string field) => new(ModelCodes.GgufTruncated, Offset, field, $"is cut off; the file ends at byte {length}");
}
