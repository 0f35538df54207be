namespace Amnion.Guard.Text;

/// <summary>Puts a <see cref="MappedText"/> together, up to a limit of characters; what goes beyond is left out and noted.</summary>
sealed class MappedBuilder(int expected, int limit = int.MaxValue)
{
    char[] _text = new char[Math.Clamp(expected, 16, Math.Max(16, limit))];
    TextSpan[] _map = new TextSpan[Math.Clamp(expected, 16, Math.Max(16, limit))];

    public int Length { get; private set; }

    public bool IsFull => Length >= limit;

    public ReadOnlySpan<char> Text => _text.AsSpan(0, Length);

    public char Last => Length == 0 ? '\0' : _text[Length - 1];

    public void Append(char c, TextSpan source)
    {
        if (Length >= limit)
        {
            return;
        }

        if (Length == _text.Length)
        {
            var size = (int)Math.Min(Math.Max(limit, 16), _text.Length * 2L);
            Array.Resize(ref _text, size);
            Array.Resize(ref _map, size);
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

    public void Truncate(int length) => Length = Math.Min(Length, length);

    public MappedText Build() => new(new string(_text, 0, Length), _map.AsSpan(0, Length).ToArray());
}
