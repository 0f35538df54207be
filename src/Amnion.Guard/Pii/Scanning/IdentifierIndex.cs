namespace Amnion.Guard.Pii.Scanning;

/// <summary>Identifiers by the length and kind of their first word, so that a word meets only those that can begin with it.</summary>
sealed class IdentifierIndex
{
    // Enough to bring a card without context below the threshold.
    const float PiecePenalty = 0.45f;

    // The longest group of letters that formats of several groups begin with.
    const int MaxLetterGroup = 3;

    readonly IdentifierFormat[][] _formats = new IdentifierFormat[3 * (IdentifierFormat.MaxLength + 1)][];

    public IdentifierIndex(IEnumerable<IdentifierRule> rules)
    {
        var formats = rules.SelectMany(rule => rule.Formats.Split('|').Select(mask => new IdentifierFormat(rule, mask))).ToArray();
        for (var i = 0; i < _formats.Length; i++)
        {
            _formats[i] = [.. formats.Where(format => format.FirstLength == i / 3 && format.BeginsWith((TokenKind)(i % 3)))];
        }
    }

    /// <summary>The formats that can begin with a word.</summary>
    public ReadOnlySpan<IdentifierFormat> At(Token token) => token.Length <= IdentifierFormat.MaxLength ? _formats[(token.Length * 3) + (int)token.Kind] : [];

    /// <summary>Tries every identifier that can begin at a token.</summary>
    public void Recognise(in Scan scan, int token)
    {
        var formats = At(scan.Tokens[token]);
        if (formats.Length == 0 || (scan.Tokens[token] is { Kind: TokenKind.Letters, Length: <= MaxLetterGroup } && !DigitsFollow(scan, token)))
        {
            return;
        }

        Span<char> compact = stackalloc char[IdentifierFormat.MaxLength];
        var start = scan.Tokens[token].Start;
        foreach (var format in formats)
        {
            if (!format.TryRead(scan.Text, start, compact, out var written, out var end) || !EndsAt(scan, token, end, out var last) || !StandsFree(scan, format.Rule.Type.Index, token, last))
            {
                continue;
            }

            if (format.Rule.Check?.Invoke(compact[..written]) ?? true)
            {
                var piece = last > token && scan.At(scan.Tokens[token].End) == ' ' && scan.GoesOn(token, last) ? PiecePenalty : 0;
                scan.Propose(format.Rule.Type, token, last, new TextSpan(start, end - start), Math.Max(0, format.Rule.Lone - piece), format.Rule.InContext - (piece / 2), format.Rule.Arithmetic && format.Rule.Check is not null);
            }
        }
    }

    /// <summary>Whether one of the next two words holds a digit: what begins with few letters goes on with a number soon.</summary>
    static bool DigitsFollow(in Scan scan, int token) =>
        (token + 1 < scan.Tokens.Length && scan.Tokens[token + 1].Kind != TokenKind.Letters) || (token + 2 < scan.Tokens.Length && scan.Tokens[token + 2].Kind != TokenKind.Letters);

    /// <summary>Whether a word ends at a place.</summary>
    static bool EndsAt(in Scan scan, int token, int end, out int last)
    {
        last = token;
        while (last + 1 < scan.Tokens.Length && scan.Tokens[last + 1].Start < end)
        {
            last++;
        }

        return scan.Tokens[last].End == end;
    }

    /// <summary>Whether what surrounds the words lets them be a number of their own and not a piece of a longer one: a date, a decimal, a path, a hyphenated code.</summary>
    public static bool StandsFree(in Scan scan, int type, int first, int last)
    {
        var start = scan.Tokens[first].Start;
        var end = scan.Tokens[last].End;
        var before = scan.At(start - 1);
        if (before is '-' or '_' or '.' or ',' or '/' && first > 0 && scan.Tokens[first - 1].End == start - 1)
        {
            var labelled = scan.Speaks(first - 1, type);
            var letters = scan.Tokens[first - 1].Kind == TokenKind.Letters;
            if (before switch { '.' => !letters, ',' => scan.Tokens[first - 1].Kind == TokenKind.Digits && scan.Tokens[first].Length <= 3, '/' => !letters && !labelled, _ => !labelled })
            {
                return false;
            }
        }

        var after = scan.At(end);
        var next = scan.At(end + 1);
        return after switch
        {
            '-' or '_' or '\u2011' => !char.IsAsciiLetterOrDigit(next),
            '.' or '/' => !char.IsAsciiDigit(next),
            '@' or '%' => false,
            _ => before is not '@' and not '$' and not '€' and not '£',
        };
    }
}
