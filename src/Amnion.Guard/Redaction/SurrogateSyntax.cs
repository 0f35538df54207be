using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>How surrogates look when a model gives them back: in any case, with spaces inside the brackets, with '_', '\_', '-' or a space between the words, in '&lt; &gt;', '\&lt; \&gt;' or '&amp;lt; &amp;gt;'. Both brackets are of one kind, so that a stray character before a surrogate never becomes part of it.</summary>
static class SurrogateSyntax
{
    /// <summary>The longest form, in UTF-16 code units; a stream holds back less than this.</summary>
    public const int MaxLength = 80;

    const int MaxDigits = 6, MaxSpaces = 2;

    /// <summary>Reads a surrogate at the beginning of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="complete">Whether no more text follows.</param>
    /// <param name="vault">Whose types' names count.</param>
    /// <param name="type">Its type.</param>
    /// <param name="number">Its number.</param>
    /// <param name="length">Its length.</param>
    public static SurrogateReading Read(ReadOnlySpan<char> text, bool complete, SessionVault vault, out PiiType? type, out int number, out int length)
    {
        (type, number, length) = (null, 0, 0);
        var (open, close) = text[0] switch { '<' => ("<", ">"), '\\' => ("\\<", "\\>"), _ => ("&lt;", "&gt;") };
        var at = 0;
        Span<char> name = stackalloc char[PiiType.MaxNameLength];
        var written = 0;
        var reading = Literal(text, open, ref at);
        reading = reading == SurrogateReading.Whole ? Spaces(text, ref at) : reading;
        reading = reading == SurrogateReading.Whole ? Name(text, name, ref written, ref at) : reading;
        reading = reading == SurrogateReading.Whole ? Digits(text, ref number, ref at) : reading;
        reading = reading == SurrogateReading.Whole ? Spaces(text, ref at) : reading;
        reading = reading == SurrogateReading.Whole ? Literal(text, close, ref at) : reading;
        if (reading == SurrogateReading.Unfinished)
        {
            return complete ? SurrogateReading.None : reading;
        }

        length = at;
        type = reading == SurrogateReading.Whole ? vault.TypeNamed(name[..written]) : null;
        return type is null ? SurrogateReading.None : SurrogateReading.Whole;
    }

    /// <summary>Where a surrogate could begin at or after a place, -1 for nowhere.</summary>
    public static int NextStart(ReadOnlySpan<char> text) => text.IndexOfAny('<', '\\', '&');

    static SurrogateReading Literal(ReadOnlySpan<char> text, string literal, ref int at)
    {
        var rest = text[at..];
        var length = Math.Min(rest.Length, literal.Length);
        if (!rest[..length].Equals(literal.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
        {
            return SurrogateReading.None;
        }

        at += length;
        return length == literal.Length ? SurrogateReading.Whole : SurrogateReading.Unfinished;
    }

    static SurrogateReading Spaces(ReadOnlySpan<char> text, ref int at)
    {
        var most = at + MaxSpaces;
        while (at < text.Length && at < most && text[at] is ' ' or '\u00a0')
        {
            at++;
        }

        return at < text.Length ? SurrogateReading.Whole : SurrogateReading.Unfinished;
    }

    /// <summary>Words of letters, each with a separator behind it; ends before the number.</summary>
    static SurrogateReading Name(ReadOnlySpan<char> text, Span<char> name, ref int written, ref int at)
    {
        while (true)
        {
            var word = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
            {
                if (written >= name.Length)
                {
                    return SurrogateReading.None;
                }

                name[written++] = text[at++];
            }

            if (at >= text.Length)
            {
                return SurrogateReading.Unfinished;
            }

            if (at == word)
            {
                return SurrogateReading.None;
            }

            var separator = Separator(text, ref at);
            if (separator != SurrogateReading.Whole)
            {
                return separator;
            }

            if (char.IsAsciiDigit(text[at]))
            {
                return SurrogateReading.Whole;
            }

            if (written >= name.Length)
            {
                return SurrogateReading.None;
            }

            name[written++] = '_';
        }
    }

    static SurrogateReading Separator(ReadOnlySpan<char> text, ref int at)
    {
        at += text[at] == '\\' ? 1 : 0;
        if (at >= text.Length)
        {
            return SurrogateReading.Unfinished;
        }

        if (text[at] is not ('_' or '-' or ' ' or '\u00a0'))
        {
            return SurrogateReading.None;
        }

        at++;
        at += at < text.Length && text[at] == ' ' ? 1 : 0;
        return at < text.Length ? SurrogateReading.Whole : SurrogateReading.Unfinished;
    }

    static SurrogateReading Digits(ReadOnlySpan<char> text, ref int number, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            if (at - start >= MaxDigits || text[start] == '0')
            {
                return SurrogateReading.None;
            }

            number = (number * 10) + (text[at++] - '0');
        }

        return at < text.Length ? SurrogateReading.Whole : SurrogateReading.Unfinished;
    }
}
