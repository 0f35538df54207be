using System.Text;

namespace Amnion.Images.Oci;

/// <summary>
/// Looks at the headers of a tar archive before the runtime's reader sees them: POSIX.1-2001 pax, GNU long names. The runtime allocates what a header of extended
/// attributes states, and takes a damaged header for the archive's end; both are refused here. So is whatever would let two readers see
/// two lists of files: sizes outside the header's field, sparse files, data where a type has none.
/// </summary>
sealed class TarGuard(string field) : IDisposable
{
    const int BlockLength = 512;
    const int SizeAt = 124;
    const int SizeLength = 12;
    const int ChecksumAt = 148;
    const int ChecksumLength = 8;
    const int TypeAt = 156;

    /// <summary>Extended attributes and long names: a path and some labels, with file capabilities at most some KiB.</summary>
    const int MaxAttributes = 1024 * 1024;

    readonly byte[] _block = new byte[BlockLength];
    readonly MemoryStream _attributes = new();
    int _filled;
    long _data;
    long _padding;
    bool _keep;
    bool _ended;
    long _offset;

    /// <summary>Takes the archive's next bytes.</summary>
    /// <exception cref="OciFormatException">A header that is refused.</exception>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var step = _data > 0 ? TakeData(bytes) : _padding > 0 ? TakePadding(bytes) : TakeBlock(bytes);
            _offset += step;
            bytes = bytes[step..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _attributes.Dispose();

    /// <summary>The archive is over.</summary>
    /// <exception cref="OciFormatException">It has no end of zeros.</exception>
    public void End()
    {
        if (!_ended || _filled != 0)
        {
            throw Refuse("the archive ends early");
        }
    }

    int TakeData(ReadOnlySpan<byte> bytes)
    {
        var step = (int)Math.Min(_data, bytes.Length);
        if (_keep)
        {
            _attributes.Write(bytes[..step]);
        }

        _data -= step;
        if (_data == 0 && _keep)
        {
            CheckAttributes();
        }

        return step;
    }

    int TakePadding(ReadOnlySpan<byte> bytes)
    {
        var step = (int)Math.Min(_padding, bytes.Length);
        _padding -= step;
        return step;
    }

    int TakeBlock(ReadOnlySpan<byte> bytes)
    {
        var step = Math.Min(BlockLength - _filled, bytes.Length);
        bytes[..step].CopyTo(_block.AsSpan(_filled));
        _filled += step;
        if (_filled == BlockLength)
        {
            _filled = 0;
            CheckHeader();
        }

        return step;
    }

    void CheckHeader()
    {
        if (!_block.AsSpan().ContainsAnyExcept((byte)0))
        {
            _ended = true;
            return;
        }

        if (_ended)
        {
            throw Refuse("bytes follow the archive's end");
        }

        var sum = 0;
        for (var i = 0; i < BlockLength; i++)
        {
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? ' ' : _block[i];
        }

        if (Octal(_block.AsSpan(ChecksumAt, ChecksumLength)) != sum)
        {
            throw Refuse("a header's checksum is wrong");
        }

        var size = Octal(_block.AsSpan(SizeAt, SizeLength));
        var type = (char)_block[TypeAt];
        _keep = type is 'x' or 'g';
        long? limit = type switch
        {
            'x' or 'g' or 'L' or 'K' => MaxAttributes,
            '0' or '\0' or '7' => LayerReader.MaxLength,
            >= '1' and <= '6' => 0,
            _ => null,
        };
        if (limit is not { } most || size > most)
        {
            throw Refuse("a header has a type that is not read here, or a size that its type cannot have");
        }

        _attributes.SetLength(0);
        _data = size;
        _padding = -size & (BlockLength - 1);
    }

    // Records are "LENGTH KEY=VALUE\n"; a key that only looks like one inside a value is refused with it, which no ordinary archive has.
    void CheckAttributes()
    {
        var text = Encoding.Latin1.GetString(_attributes.GetBuffer(), 0, (int)_attributes.Length);
        if (text.Contains(" size=", StringComparison.Ordinal) || text.Contains(" GNU.sparse.", StringComparison.Ordinal))
        {
            throw Refuse("extended attributes give a size or a sparse file");
        }
    }

    long Octal(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        var text = digits.Trim(" \0"u8);
        foreach (var digit in text)
        {
            value = digit is >= (byte)'0' and <= (byte)'7' ? (value << 3) | (uint)(digit - '0') : throw Refuse("a number of a header is not octal");
        }

        return value;
    }

    OciFormatException Refuse(string problem) => new(Math.Max(0, _offset), field, problem);
}
