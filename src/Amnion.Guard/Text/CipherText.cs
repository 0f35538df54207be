namespace Amnion.Guard.Text;

/// <summary>Finds stretches of words that are language only backwards, rotated or with the alphabet turned around, and reads them so. Each word is scored once per reading; the best stretches are those whose gains add up (Kadane), so one pass does.</summary>
static class CipherText
{
    // Eighths of a bit that a reading must gain over the text as it stands: some six letters of clear language.
    const int Enough = 150;

    // What a word must gain to lengthen a stretch, so that chance does not.
    const int PerWord = 8;

    const int Readings = 4;

    public static void Read(MappedText folded, Action<TextViewKind, MappedText> emit)
    {
        var text = folded.Text;
        Span<int> scores = stackalloc int[Readings];
        var stretches = new Stretch[Readings];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] is < 'a' or > 'z')
            {
                i++;
                continue;
            }

            var start = i;
            while (i < text.Length && text[i] is >= 'a' and <= 'z')
            {
                i++;
            }

            Score(text.AsSpan(start, i - start), scores);
            for (var r = 0; r < Readings; r++)
            {
                if (stretches[r].Take(scores[r] - PerWord, start, i, Enough))
                {
                    Emit(folded, r, ref stretches[r], emit);
                }
            }
        }

        for (var r = 0; r < Readings; r++)
        {
            if (stretches[r].Best >= Enough)
            {
                Emit(folded, r, ref stretches[r], emit);
            }
        }
    }

    /// <summary>What a word gains when read backwards, by ROT13, by Atbash; last, how little language it is as it stands.</summary>
    static void Score(ReadOnlySpan<char> word, Span<int> scores)
    {
        int before = 0, beforeRot = 0, beforeAt = 0, plain = 0, back = 0, rot = 0, at = 0;
        for (var i = 0; i <= word.Length; i++)
        {
            int now = 0, nowRot = 0, nowAt = 0;
            if (i < word.Length)
            {
                now = word[i] - 'a' + 1;
                nowRot = now > 13 ? now - 13 : now + 13;
                nowAt = 27 - now;
            }

            plain += LetterModel.Pair(before, now);
            back += LetterModel.Pair(now, before);
            rot += LetterModel.Pair(beforeRot, nowRot);
            at += LetterModel.Pair(beforeAt, nowAt);
            (before, beforeRot, beforeAt) = (now, nowRot, nowAt);
        }

        scores[0] = back - plain;
        scores[1] = rot - plain;
        scores[2] = at - plain;
        scores[3] = -plain;
    }

    static void Emit(MappedText folded, int reading, ref Stretch stretch, Action<TextViewKind, MappedText> emit)
    {
        var (start, end) = (stretch.Start, stretch.End);
        stretch = default;
        if (reading == 0)
        {
            Reversed(folded, start, end, emit);
        }
        else if (reading == 3)
        {
            Shifted(folded, start, end, emit);
        }
        else
        {
            emit(reading == 1 ? TextViewKind.Rotated : TextViewKind.Atbash, Map(folded, start, end, reading == 1 ? n => (n + 13) % 26 : n => 25 - n));
        }
    }

    static void Reversed(MappedText folded, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        // Words that read either way stand at the edges; the line they stand on is small enough to take.
        const int Edge = 40;
        var text = folded.Text;
        var low = Math.Max(0, start - Edge);
        var high = Math.Min(text.Length, end + Edge);
        start = text.LastIndexOf('\n', start) is var line && line >= low ? line + 1 : low;
        end = text.IndexOf('\n', end, high - end) is >= 0 and var next ? next : high;
        var to = new MappedBuilder(end - start);
        for (var i = end - 1; i >= start; i--)
        {
            if (char.IsLowSurrogate(text[i]) && i > start && char.IsHighSurrogate(text[i - 1]))
            {
                to.Append(folded, --i, 2);
            }
            else
            {
                to.Append(folded, i, 1);
            }
        }

        emit(TextViewKind.Reversed, to.Build());
    }

    /// <summary>Tries the 24 other shifts, by the counts of pairs.</summary>
    static void Shifted(MappedText folded, int start, int end, Action<TextViewKind, MappedText> emit)
    {
        Span<int> pairs = stackalloc int[LetterModel.Size * LetterModel.Size];
        pairs.Clear();
        int before = 0, letters = 0;
        foreach (var c in folded.Text.AsSpan(start, end - start))
        {
            var now = c is >= 'a' and <= 'z' ? c - 'a' + 1 : 0;
            letters += now > 0 ? 1 : 0;
            pairs[(before * LetterModel.Size) + now]++;
            before = now;
        }

        pairs[before * LetterModel.Size]++;
        pairs[0] = 0;
        int best = 0, bestScore = letters * 3;
        for (var shift = 1; shift < 26; shift++)
        {
            if (shift != 13 && Score(pairs, shift) is var score && score > bestScore)
            {
                (best, bestScore) = (shift, score);
            }
        }

        if (best > 0)
        {
            emit(TextViewKind.Rotated, Map(folded, start, end, n => (n + best) % 26));
        }
    }

    static int Score(ReadOnlySpan<int> pairs, int shift)
    {
        var sum = 0;
        for (var a = 0; a < LetterModel.Size; a++)
        {
            var first = a == 0 ? 0 : ((a - 1 + shift) % 26) + 1;
            for (var b = 0; b < LetterModel.Size; b++)
            {
                sum += pairs[(a * LetterModel.Size) + b] * LetterModel.Pair(first, b == 0 ? 0 : ((b - 1 + shift) % 26) + 1);
            }
        }

        return sum;
    }

    static MappedText Map(MappedText folded, int start, int end, Func<int, int> letter)
    {
        var to = new MappedBuilder(end - start);
        for (var i = start; i < end; i++)
        {
            var c = folded.Text[i];
            to.Append(c is >= 'a' and <= 'z' ? (char)('a' + letter(c - 'a')) : c, folded.At(i));
        }

        return to.Build();
    }
}
