namespace Amnion.Guard.Text;

/// <summary>Finds base64, base32, base85 and hexadecimal in runs of characters without white space, and reads those that give text.</summary>
static class EncodedRuns
{
    // Shorter runs hold too little to carry an instruction, and too many words are of their form.
    const int LeastRun = 8;

    // Base64 is wrapped at 64 or 76 columns (RFC 7468, RFC 2045); lines at least this long are taken to go on.
    const int LeastWrappedLine = 32;

    public static void Read(MappedText from, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] <= ' ')
            {
                i++;
                continue;
            }

            var end = i;
            while (end < text.Length && text[end] > ' ')
            {
                end++;
            }

            if (end - i >= LeastRun)
            {
                Run(from, i, end, emit);
                end = Wrapped(from, i, end, emit);
            }

            i = end;
        }
    }

    static void Run(MappedText from, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        var run = from.Text.AsSpan(start, end - start);
        var signs = 0;
        for (var i = 0; i < run.Length;)
        {
            if (Base64Text.Value(run[i]) < 0)
            {
                signs++;
                i++;
                continue;
            }

            var first = i;
            while (i < run.Length && Base64Text.Value(run[i]) >= 0)
            {
                i++;
            }

            if (i - first >= LeastRun)
            {
                Alphanumeric(from, start + first, start + i, emit);
            }
        }

        if (signs > 0 && run.Length >= 10)
        {
            Base85Text.Read(from, start, end, emit);
        }
    }

    /// <summary>A run of letters, digits and the two more signs of base64.</summary>
    static void Alphanumeric(MappedText from, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        var run = from.Text.AsSpan(start, end - start);
        var hex = 0;
        bool upper = false, lower = false, word = true;
        foreach (var c in run)
        {
            hex += char.IsAsciiHexDigit(c) ? 1 : 0;
            upper |= char.IsAsciiLetterUpper(c);
            lower |= char.IsAsciiLetterLower(c);
            word &= char.IsAsciiLetterLower(c);
        }

        if (hex >= run.Length - 1 && HexText.Read(from, start, end) is { } bytes)
        {
            emit(TextViewKind.Hex, bytes);
            return;
        }

        if (!(upper && lower) && run.Length >= 13 && Base32Text.Read(from, start, end) is { } base32)
        {
            emit(TextViewKind.Base32, base32);
            return;
        }

        // All lower case is a word or an identifier; base64 of that length without a capital or a digit does not happen.
        if (!word && Base64Text.Read(from, start, end) is { } base64)
        {
            emit(TextViewKind.Base64, base64);
        }
    }

    /// <summary>Base64 over several lines; gives back where it ends.</summary>
    static int Wrapped(MappedText from, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        var text = from.Text;
        if (end - start < LeastWrappedLine || end >= text.Length || text[end] is not ('\n' or '\r') || !All64(text.AsSpan(start, end - start)))
        {
            return end;
        }

        var joined = new MappedBuilder((end - start) * 2);
        joined.Append(from, start, end - start);
        int lines = 1, at = end;
        while (at < text.Length)
        {
            var next = at;
            while (next < text.Length && text[next] <= ' ')
            {
                next++;
            }

            var stop = next;
            while (stop < text.Length && text[stop] > ' ')
            {
                stop++;
            }

            if (stop == next || !All64(text.AsSpan(next, stop - next).TrimEnd('=')))
            {
                break;
            }

            joined.Append(from, next, stop - next);
            lines++;
            at = stop;
            if (stop - next < LeastWrappedLine)
            {
                break;
            }
        }

        if (lines > 1)
        {
            var whole = joined.Build();
            Alphanumeric(whole, 0, whole.Text.AsSpan().TrimEnd('=').Length, emit);
        }

        return at;
    }

    static bool All64(ReadOnlySpan<char> run)
    {
        foreach (var c in run)
        {
            if (Base64Text.Value(c) < 0)
            {
                return false;
            }
        }

        return true;
    }
}
