namespace Amnion.Guard.Output.Secrets;

/// <summary>The last characters of an answer: what candidates read again need not be kept by each of them.</summary>
sealed class RecentText
{
    /// <summary>How many are kept. A prefix and the longest body fit.</summary>
    public const int Length = 512;

    readonly char[] _ring = new char[Length];

    /// <summary>How many characters were read again: what the tests bound.</summary>
    public long Copied { get; private set; }

    /// <summary>The character at a position of the answer.</summary>
    public char this[int position]
    {
        get => _ring[position % Length];
        set => _ring[position % Length] = value;
    }

    /// <summary>Reads the characters from a position on.</summary>
    public void CopyTo(int position, Span<char> text)
    {
        Copied += text.Length;
        var first = _ring.AsSpan(position % Length);
        first = first[..Math.Min(first.Length, text.Length)];
        first.CopyTo(text);
        _ring.AsSpan(0, text.Length - first.Length).CopyTo(text[first.Length..]);
    }
}
