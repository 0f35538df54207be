namespace Amnion.Guard.Pii.Scanning;

/// <summary>One way to write an identifier.</summary>
sealed class IdentifierFormat(IdentifierRule rule, string mask)
{
    /// <summary>The most characters of an identifier without separators.</summary>
    public const int MaxLength = 40;

    /// <summary>The identifier.</summary>
    public IdentifierRule Rule => rule;

    /// <summary>How many characters its first word has.</summary>
    public int FirstLength { get; } = mask.AsSpan().IndexOfAnyExcept("dLlx") is var end && end < 0 ? mask.Length : end;

    /// <summary>Whether its first word can be of that kind.</summary>
    public bool BeginsWith(TokenKind kind)
    {
        var first = mask.AsSpan(0, FirstLength);
        return kind switch
        {
            TokenKind.Digits => !first.ContainsAny('L', 'l'),
            TokenKind.Letters => !first.Contains('d'),
            _ => first.Length > 1 && (first.Contains('x') || (first.Contains('d') && first.ContainsAny('L', 'l'))),
        };
    }

    /// <summary>Reads it at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where it should begin.</param>
    /// <param name="compact">Receives its letters and digits, letters as capitals.</param>
    /// <param name="written">How many.</param>
    /// <param name="end">The code unit after it.</param>
    public bool TryRead(ReadOnlySpan<char> text, int start, Span<char> compact, out int written, out int end)
    {
        written = 0;
        end = start + mask.Length;
        if (end > text.Length)
        {
            return false;
        }

        var separator = '\0';
        for (var i = 0; i < mask.Length; i++)
        {
            var c = text[start + i];
            var fits = mask[i] switch
            {
                'd' => char.IsAsciiDigit(c),
                'L' => char.IsAsciiLetterUpper(c),
                'l' => char.IsAsciiLetter(c),
                'x' => char.IsAsciiLetterOrDigit(c),
                '~' => IsSeparator(c) && (separator == '\0' || separator == c),
                '!' => c == '|',
                var literal => c == literal,
            };
            if (!fits)
            {
                return false;
            }

            if (mask[i] == '~')
            {
                separator = c;
            }
            else if (char.IsAsciiLetterOrDigit(c))
            {
                compact[written++] = char.ToUpperInvariant(c);
            }
        }

        return true;
    }

    /// <summary>What may stand between groups: space, no-break space, hyphens, stop, slash.</summary>
    public static bool IsSeparator(char c) => c is ' ' or '-' or '.' or '/' or '\u00a0' or '\u202f' or '\u2010' or '\u2011' or '\u2013';
}
