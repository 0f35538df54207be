namespace Amnion.Guard.Text;

/// <summary>Puts back the spaces between words that lost them, by the cheapest way through the lexicon. Linear: every letter is looked at as the end of at most <see cref="Lexicon.Longest"/> words.</summary>
sealed class WordSegmenter
{
    // What a letter outside every word costs, in the unit of Cost: more than any word of two letters.
    const float Unknown = 9;

    // Work for all runs of one text together; beyond it runs stay as they are.
    int _left = 1 << 18;

    /// <summary>Where words end in a run of lower-case letters, or null where the run is mostly no words.</summary>
    public List<int>? Ends(ReadOnlySpan<char> run)
    {
        if (run.Length > _left)
        {
            return null;
        }

        _left -= run.Length;
        var best = new float[run.Length + 1];
        var from = new int[run.Length + 1];
        for (var end = 1; end <= run.Length; end++)
        {
            best[end] = best[end - 1] + Unknown;
            from[end] = -(end - 1) - 1;
            for (var length = 1; length <= Math.Min(Lexicon.Longest, end); length++)
            {
                if (Cost(run.Slice(end - length, length)) is { } cost && best[end - length] + cost < best[end])
                {
                    best[end] = best[end - length] + cost;
                    from[end] = end - length;
                }
            }
        }

        return Walk(from, run.Length);
    }

    static List<int>? Walk(int[] from, int length)
    {
        var ends = new List<int>();
        int unknown = 0, at = length;
        var inUnknown = false;
        while (at > 0)
        {
            // A negative step is a letter of no word; neighbours of the kind stay together.
            var lone = from[at] < 0;
            if (!lone || !inUnknown)
            {
                ends.Add(at);
            }

            inUnknown = lone;
            unknown += lone ? 1 : 0;
            at = lone ? -from[at] - 1 : from[at];
        }

        ends.Reverse();
        return unknown * 3 > length || ends.Count < 2 ? null : ends;
    }

    static float? Cost(ReadOnlySpan<char> word)
    {
        if (word.Length == 1)
        {
            return word[0] is 'a' or 'i' ? 6 : null;
        }

        return Lexicon.Rank(word) is >= 0 and var rank ? MathF.Log(rank + 12) + (word.Length == 2 ? 2 : 0) : null;
    }
}
