namespace Amnion.Sealing;

/// <summary>
/// Reads the few BER forms of an enveloped key (ITU-T X.690 §8): one-byte tags, minimal definite lengths of at most 65,535 bytes, and indefinite
/// lengths of constructed values. Every value is asked for by its tag.
/// </summary>
ref struct BerReader(ReadOnlySpan<byte> input)
{
    const byte IndefiniteLength = 0x80;

    readonly ReadOnlySpan<byte> _input = input;
    int _at;
    int _end = input.Length;

    /// <summary>Offset of the next byte.</summary>
    public readonly int Offset => _at;

    /// <summary>True where the next value has this tag.</summary>
    public readonly bool IsNext(byte tag) => _at < _end && _input[_at] == tag;

    /// <summary>Steps into a constructed value.</summary>
    /// <exception cref="CmsFormatException">Another tag, or a length that does not fit.</exception>
    public BerScope Enter(byte tag, string field)
    {
        var length = ReadHead(tag, field, constructed: true);
        var scope = new BerScope(_end, length is null);
        _end = length is { } bytes ? _at + bytes : _end;
        return scope;
    }

    /// <summary>Steps out of a constructed value, which must be at its end.</summary>
    /// <exception cref="CmsFormatException">Something follows, or the end mark is missing.</exception>
    public void Leave(BerScope scope, string field)
    {
        if (scope.Indefinite)
        {
            if (_end - _at < 2 || _input[_at] != 0 || _input[_at + 1] != 0)
            {
                throw new CmsFormatException(field, _at, "expected the end of contents.");
            }

            _at += 2;
        }
        else if (_at != _end)
        {
            throw new CmsFormatException(field, _at, $"{_end - _at} bytes more than expected.");
        }

        _end = scope.OuterEnd;
    }

    /// <summary>The content of a primitive value.</summary>
    /// <exception cref="CmsFormatException">Another tag, or a length that does not fit.</exception>
    public ReadOnlySpan<byte> Primitive(byte tag, string field)
    {
        var length = ReadHead(tag, field, constructed: false)!.Value;
        var content = _input.Slice(_at, length);
        _at += length;
        return content;
    }

    /// <summary>Bytes that must stand exactly so.</summary>
    /// <exception cref="CmsFormatException">They do not.</exception>
    public void Exactly(ReadOnlySpan<byte> expected, string field)
    {
        if (_end - _at < expected.Length || !_input.Slice(_at, expected.Length).SequenceEqual(expected))
        {
            throw new CmsFormatException(field, _at, "another value than the only one accepted.");
        }

        _at += expected.Length;
    }

    /// <summary>Nothing may follow.</summary>
    /// <exception cref="CmsFormatException">Something does.</exception>
    public readonly void End(string field)
    {
        if (_at != _end)
        {
            throw new CmsFormatException(field, _at, $"{_end - _at} bytes follow.");
        }
    }

    // Null where the length is indefinite.
    int? ReadHead(byte tag, string field, bool constructed)
    {
        var start = _at;
        if (Next(field) != tag)
        {
            throw new CmsFormatException(field, start, $"tag 0x{_input[start]:x2}; expected 0x{tag:x2}.");
        }

        var first = Next(field);
        if (first == IndefiniteLength && constructed)
        {
            return null;
        }

        var length = first switch
        {
            < 0x80 => first,
            0x81 => Next(field),
            0x82 => (Next(field) << 8) | Next(field),
            _ => throw new CmsFormatException(field, start, "a length in a form that is not accepted."),
        };
        if ((first == 0x81 && length < 0x80) || (first == 0x82 && length < 0x100))
        {
            throw new CmsFormatException(field, start, "a length that is not in its shortest form.");
        }

        return length <= _end - _at ? length : throw new CmsFormatException(field, start, $"{length} bytes; {_end - _at} are left.");
    }

    byte Next(string field) => _at < _end ? _input[_at++] : throw new CmsFormatException(field, _at, "the input ends here.");
}
