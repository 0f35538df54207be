namespace Amnion.Guard.Text;

/// <summary>Gathers decoded bytes for as long as they may be text: the first byte that cannot be ends it, so that reading noise costs next to nothing.</summary>
sealed class ByteText
{
    // What is shorter is not worth a view: "aGVsbG8=" is, "data" is not.
    const int LeastLetters = 4;

    readonly List<(byte Value, TextSpan Source)> _bytes = [];
    int _letters, _wide;

    /// <summary>Takes a byte; false where it cannot be part of a text.</summary>
    public bool Add(int value, TextSpan source)
    {
        if (value is (< ' ' and not ('\t' or '\n' or '\r')) or 0x7F or 0xC0 or 0xC1 or > 0xF4 || !Continues(value))
        {
            return false;
        }

        _letters += value is ' ' || char.IsAsciiLetter((char)value) || value >= 0xC0 ? 1 : 0;
        _bytes.Add(((byte)value, source));
        return true;
    }

    public int Count => _bytes.Count;

    /// <summary>The text, or null where there is too little of it or it is no language.</summary>
    public MappedText? Text(int least = 6)
    {
        if (_wide > 0)
        {
            // The last character is cut.
            while (_bytes.Count > 0 && _bytes[^1].Value >= 0x80)
            {
                var lead = _bytes[^1].Value >= 0xC0;
                _bytes.RemoveAt(_bytes.Count - 1);
                if (lead)
                {
                    break;
                }
            }
        }

        var ascii = 0;
        foreach (var (value, _) in _bytes)
        {
            ascii += value < 0xC0 && value >= 0x80 ? 0 : 1;
        }

        return _bytes.Count < least || _letters < LeastLetters || _letters * 10 < ascii * 6 ? null : Utf8Pieces.Read(_bytes);
    }

    /// <summary>UTF-8's lead and continuation bytes in turn (RFC 3629 section 3).</summary>
    bool Continues(int value)
    {
        if (_wide > 0)
        {
            _wide--;
            return value is >= 0x80 and < 0xC0;
        }

        _wide = value switch { >= 0xF0 => 3, >= 0xE0 => 2, >= 0xC2 => 1, _ => 0 };
        return value is < 0x80 or >= 0xC2;
    }
}
