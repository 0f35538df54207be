namespace Amnion.Guard.Text;

/// <summary>Words back to front, Pig Latin, and letters turned upside down.</summary>
static class WordOrder
{
    // Only short texts are read back to front: signatures are, and a model is not asked to turn a page around.
    const int LongestLine = 4096;

    const string Turned = "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ";

    public static void Read(MappedText cased, MappedText folded, Action<TextViewKind, MappedText> emit)
    {
        var text = cased.Text;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            if (end - start is >= 12 and <= LongestLine && LooksBackwards(text.AsSpan(start, end - start)))
            {
                emit(TextViewKind.ReversedWords, Backwards(cased, start, end));
            }

            start = end + 1;
        }

        PigLatin(folded, emit);
        UpsideDown(cased, emit);
    }

    /// <summary>A sentence that begins with its full stop or ends with its capital.</summary>
    static bool LooksBackwards(ReadOnlySpan<char> line)
    {
        line = line.Trim(' ');
        var first = line.IndexOf(' ');
        var last = line.LastIndexOf(' ');
        if (first <= 0 || first == last)
        {
            return false;
        }

        return line[first - 1] is '.' or '!' or '?' or ';' or ':' && line[^1] is not ('.' or '!' or '?' or ';' or ':') || (char.IsAsciiLetterUpper(line[last + 1]) && char.IsAsciiLetterLower(line[0]) && line[^1] is not ('.' or '?' or '!'));
    }

    static MappedText Backwards(MappedText from, int start, int end)
    {
        var to = new MappedBuilder(end - start);
        for (var stop = end; stop > start;)
        {
            var space = from.Text.AsSpan(start, stop - start).LastIndexOf(' ');
            var word = start + space + 1;
            to.Append(from, word, stop - word);
            if (space >= 0)
            {
                to.Append(' ', from.At(word - 1));
            }

            stop = space < 0 ? start : word - 1;
        }

        return to.Build();
    }

    static void PigLatin(MappedText folded, Action<TextViewKind, MappedText> emit)
    {
        var text = folded.Text;
        int words = 0, pigs = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsAsciiLetterLower(text[i - 1]) && (i + 1 == text.Length || !char.IsAsciiLetterLower(text[i])))
            {
                words++;
                var end = char.IsAsciiLetterLower(text[i]) ? i + 1 : i;
                pigs += end >= 3 && text[end - 1] == 'y' && text[end - 2] == 'a' ? 1 : 0;
            }
        }

        if (words < 4 || pigs * 5 < words * 3)
        {
            return;
        }

        var to = new MappedBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            while (i < text.Length && char.IsAsciiLetterLower(text[i]))
            {
                i++;
            }

            if (i == start)
            {
                to.Append(folded, i++, 1);
                continue;
            }

            Unpig(folded, start, i, to);
        }

        emit(TextViewKind.PigLatin, to.Build());
    }

    /// <summary>"eviouspray" is "previous" and "allway" is "all": of the ways to put the consonants back, the first that is a word, and the longest cluster otherwise.</summary>
    static void Unpig(MappedText from, int start, int end, MappedBuilder to)
    {
        var word = from.Text.AsSpan(start, end - start);
        if (word.Length < 3 || !word.EndsWith("ay", StringComparison.Ordinal))
        {
            to.Append(from, start, end - start);
            return;
        }

        var stem = word[..^2];
        if (stem.EndsWith("w", StringComparison.Ordinal) && Lexicon.Contains(stem[..^1]))
        {
            to.Append(from, start, stem.Length - 1);
            return;
        }

        Span<char> tried = stackalloc char[Lexicon.Longest];
        var best = 0;
        for (var moved = 1; moved <= Math.Min(4, stem.Length - 1) && stem.Length <= Lexicon.Longest; moved++)
        {
            if (stem[^moved] is 'a' or 'e' or 'i' or 'o')
            {
                break;
            }

            stem[^moved..].CopyTo(tried);
            stem[..^moved].CopyTo(tried[moved..]);
            best = moved;
            if (Lexicon.Contains(tried[..stem.Length]))
            {
                break;
            }
        }

        to.Append(from, start + stem.Length - best, best);
        to.Append(from, start, stem.Length - best);
    }

    static void UpsideDown(MappedText cased, Action<TextViewKind, MappedText> emit)
    {
        var text = cased.Text;
        var turned = 0;
        foreach (var c in text)
        {
            turned += c >= 0x80 && Turned.Contains(c) ? 1 : 0;
        }

        if (turned < 3 || turned * 8 < text.Length)
        {
            return;
        }

        var to = new MappedBuilder(text.Length);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]))
            {
                to.Append(cased, --i, 2);
                continue;
            }

            to.Append(text[i] switch { 'u' => 'n', 'n' => 'u', 'p' => 'd', 'd' => 'p', 'b' => 'q', 'q' => 'b', var c => c }, cased.At(i));
        }

        emit(TextViewKind.Reversed, to.Build());
    }
}
