namespace Amnion.Guard.Text;

/// <summary>Mends one word at a time.</summary>
sealed class WordMender
{
    // Runs without a space that are worth looking for words in.
    const int LeastGlued = 12;

    readonly WordSegmenter _segmenter = new();

    /// <summary>Whether a word with digits for letters was mended: then words of nothing but digits may be meant so too.</summary>
    public bool SeenLeet { get; private set; }

    /// <summary>Appends the mended word; false, with nothing appended, where there is nothing to mend.</summary>
    public bool Mend(MappedText from, int start, int end, MappedBuilder to)
    {
        while (start < end && from.Text[start] is '"' or '\'' or '(' or '[' or '<' or '{' or '`')
        {
            start++;
        }

        var stop = end;
        while (stop > start && from.Text[stop - 1] is '.' or ',' or ':' or ';' or '?' or '!' or ')' or '"' or '\'' or ']' or '>' or '}' or '`')
        {
            stop--;
        }

        var word = from.Text.AsSpan(start, stop - start);
        if (word.Length < 2 || word.Length > 4096)
        {
            return false;
        }

        var mended = Letters(from, start, stop, word, to) || Leet(from, start, stop, word, to) || Pieces(from, start, stop, to);
        if (mended)
        {
            to.Append(from, stop, end - stop);
        }

        return mended;
    }

    /// <summary>What needs no digit read as a letter.</summary>
    bool Letters(MappedText from, int start, int stop, ReadOnlySpan<char> word, MappedBuilder to)
    {
        int letters = 0, signs = 0, groups = 0, lone = 0, group = 0;
        foreach (var c in word)
        {
            if (char.IsAsciiLetterLower(c) || (c >= 0x80 && char.IsLetter(c)))
            {
                letters++;
                groups += group++ == 0 ? 1 : 0;
                continue;
            }

            lone += group == 1 ? 1 : 0;
            group = 0;
            signs += char.IsAsciiDigit(c) ? 0 : 1;
        }

        lone += group == 1 ? 1 : 0;
        if (letters == word.Length)
        {
            return Respelt(word, to, from, start, stop) || Glued(from, start, stop, to);
        }

        if (letters + signs < word.Length || letters < 3)
        {
            return false;
        }

        var bare = new MappedBuilder(letters);
        for (var i = start; i < stop; i++)
        {
            if (char.IsLetter(from.Text[i]))
            {
                bare.Append(from, i, 1);
            }
        }

        // Most letters stand alone between signs, or the signs cut one known word into pieces.
        if (lone < 3 || lone * 4 < groups * 3)
        {
            if (groups < 2 || !Lexicon.Contains(bare.Text) || AllKnown(word))
            {
                return false;
            }
        }

        var joined = bare.Build();
        if (!Respelt(joined.Text, to, joined, 0, joined.Text.Length) && !Glued(joined, 0, joined.Text.Length, to))
        {
            to.Append(joined, 0, joined.Text.Length);
        }

        return true;
    }

    static bool AllKnown(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length;)
        {
            var start = i;
            while (i < word.Length && char.IsAsciiLetterLower(word[i]))
            {
                i++;
            }

            if (i > start && !Lexicon.Contains(word[start..i]))
            {
                return false;
            }

            i += i == start ? 1 : 0;
        }

        return true;
    }

    /// <summary>Doubled or shuffled letters.</summary>
    static bool Respelt(ReadOnlySpan<char> word, MappedBuilder to, MappedText from, int start, int stop)
    {
        if (word.Length is < 4 or > 64 || Lexicon.Contains(word))
        {
            return false;
        }

        if ((Lexicon.Unshuffled(word) ?? Halved(word) ?? Squeezed(word, 1) ?? Squeezed(word, 2)) is not { } known)
        {
            return false;
        }

        var source = from.ToSource(new TextSpan(start, stop - start));
        foreach (var c in known)
        {
            to.Append(c, source);
        }

        return true;
    }

    /// <summary>Every letter twice, so that "recommend" keeps its own two.</summary>
    static string? Halved(ReadOnlySpan<char> word)
    {
        Span<char> half = stackalloc char[word.Length / 2];
        for (var i = 0; i < half.Length; i++)
        {
            if (word[2 * i] != word[(2 * i) + 1])
            {
                return null;
            }

            half[i] = word[2 * i];
        }

        return word.Length % 2 == 0 && Lexicon.Contains(half) ? half.ToString() : null;
    }

    static string? Squeezed(ReadOnlySpan<char> word, int longest)
    {
        Span<char> kept = stackalloc char[word.Length];
        int length = 0, run = 0;
        for (var i = 0; i < word.Length; i++)
        {
            run = i > 0 && word[i] == word[i - 1] ? run + 1 : 1;
            if (run <= longest)
            {
                kept[length++] = word[i];
            }
        }

        return length < word.Length && length >= 3 && Lexicon.Contains(kept[..length]) ? kept[..length].ToString() : null;
    }

    bool Glued(MappedText from, int start, int stop, MappedBuilder to)
    {
        if (stop - start < LeastGlued || _segmenter.Ends(from.Text.AsSpan(start, stop - start)) is not { } ends)
        {
            return false;
        }

        AppendWords(from, start, ends, to);
        return true;
    }

    static void AppendWords(MappedText from, int start, List<int> ends, MappedBuilder to)
    {
        var at = 0;
        foreach (var end in ends)
        {
            if (at > 0)
            {
                to.Append(' ', from.At(start + at));
            }

            to.Append(from, start + at, end - at);
            at = end;
        }
    }

    /// <summary>Runs of letters between signs and digits, each of them several words: a text without its spaces keeps its commas and apostrophes.</summary>
    bool Pieces(MappedText from, int start, int stop, MappedBuilder to)
    {
        var copied = start;
        for (var i = start; i < stop;)
        {
            var begin = i;
            while (i < stop && char.IsLetter(from.Text[i]))
            {
                i++;
            }

            // Between other words its pieces stand apart: a sign may have taken the place of a space.
            if (i - begin >= LeastGlued && _segmenter.Ends(from.Text.AsSpan(begin, i - begin)) is { } ends)
            {
                to.Append(from, copied, begin - copied);
                to.Append(' ', from.At(begin));
                AppendWords(from, begin, ends, to);
                to.Append(' ', from.At(i - 1));
                copied = i;
            }

            i += i == begin ? 1 : 0;
        }

        if (copied == start)
        {
            return false;
        }

        to.Append(from, copied, stop - copied);
        return true;
    }

    bool Leet(MappedText from, int start, int stop, ReadOnlySpan<char> word, MappedBuilder to)
    {
        var digits = word.ContainsAnyInRange('0', '9');
        if ((!digits && !word.ContainsAny('@', '$', '!')) || (!SeenLeet && !word.ContainsAnyInRange('a', 'z')) || LeetText.Read(word) is not { } read)
        {
            return false;
        }

        SeenLeet = true;
        for (var i = 0; i < read.Length; i++)
        {
            to.Append(read[i], from.At(start + Math.Min(i, stop - start - 1)));
        }

        return true;
    }
}
