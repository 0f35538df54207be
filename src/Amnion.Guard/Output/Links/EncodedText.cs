namespace Amnion.Guard.Output.Links;

/// <summary>Says whether a piece of a URL is text in another alphabet: base64, base64url, base32 or hexadecimal that reads as text once decoded.</summary>
static class EncodedText
{
    /// <summary>Shorter pieces are words and identifiers.</summary>
    const int Shortest = 12;

    /// <summary>Whether the piece holds such a run.</summary>
    public static bool Holds(string piece)
    {
        var start = 0;
        for (var i = 0; i <= piece.Length; i++)
        {
            if (i < piece.Length && (char.IsAsciiLetterOrDigit(piece[i]) || piece[i] is '+' or '/' or '-' or '_'))
            {
                continue;
            }

            var run = piece.AsSpan(start, i - start);
            if (run.Length >= Shortest && (IsBase64Text(run) || IsHexText(run) || IsBase32Text(run)))
            {
                return true;
            }

            start = i + 1;
        }

        return false;
    }

    /// <summary>Whether it is hexadecimal, whole, and reads as text.</summary>
    public static bool IsHexText(ReadOnlySpan<char> run)
    {
        if (run.Length < Shortest)
        {
            return false;
        }

        var score = default(TextScore);
        for (var i = 0; i + 1 < run.Length; i += 2)
        {
            if (!char.IsAsciiHexDigit(run[i]) || !char.IsAsciiHexDigit(run[i + 1]))
            {
                return false;
            }

            score.Add((byte)((ValueOf(run[i]) << 4) | ValueOf(run[i + 1])));
        }

        return score.IsText;
    }

    static bool IsBase64Text(ReadOnlySpan<char> run)
    {
        var score = default(TextScore);
        var bits = 0;
        var count = 0;
        foreach (var c in run)
        {
            var value = c switch
            {
                >= 'A' and <= 'Z' => c - 'A',
                >= 'a' and <= 'z' => c - 'a' + 26,
                >= '0' and <= '9' => c - '0' + 52,
                '+' or '-' => 62,
                _ => 63,
            };
            bits = ((bits << 6) | value) & 0xFFFFFF;
            if (++count % 4 == 0)
            {
                score.Add((byte)(bits >> 16));
                score.Add((byte)(bits >> 8));
                score.Add((byte)bits);
            }
        }

        return score.IsText;
    }

    static bool IsBase32Text(ReadOnlySpan<char> run)
    {
        var score = default(TextScore);
        var bits = 0;
        var held = 0;
        foreach (var c in run)
        {
            var value = c switch
            {
                >= 'A' and <= 'Z' => c - 'A',
                >= 'a' and <= 'z' => c - 'a',
                >= '2' and <= '7' => c - '2' + 26,
                _ => -1,
            };
            if (value < 0)
            {
                return false;
            }

            bits = ((bits << 5) | value) & 0xFFFF;
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                score.Add((byte)(bits >> held));
            }
        }

        return score.IsText;
    }

    static int ValueOf(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
