namespace Amnion.Guard.Text;

/// <summary>Puts a <see cref="MappedText"/> together.</summary>
sealed class MappedBuilder(int expected)
{
    char[] _text = new char[Math.Max(expected, 16)];
    TextSpan[] _map = new TextSpan[Math.Max(expected, 16)];

    public int Length { get; private set; }

    public ReadOnlySpan<char> Text => _text.AsSpan(0, Length);

    public void Append(char c, TextSpan source)
    {
        if (Length == _text.Length)
        {
            Array.Resize(ref _text, checked(_text.Length * 2));
            Array.Resize(ref _map, _text.Length);
        }

        _text[Length] = c;
        _map[Length++] = source;
    }

    /// <summary>Appends one code point, as one or two code units of the same source.</summary>
    public void AppendCodePoint(int codePoint, TextSpan source)
    {
        if (codePoint < 0x10000)
        {
            Append((char)codePoint, source);
        }
        else
        {
            Append((char)(0xD800 + ((codePoint - 0x10000) >> 10)), source);
            Append((char)(0xDC00 + ((codePoint - 0x10000) & 0x3FF)), source);
        }
    }

    /// <summary>Appends a piece of another mapped text as it is.</summary>
    public void Append(MappedText from, int start, int length)
    {
        for (var i = start; i < start + length; i++)
        {
            Append(from.Text[i], from.At(i));
        }
    }

    public MappedText Build() => new(new string(_text, 0, Length), _map.AsSpan(0, Length).ToArray());
}
