namespace Amnion.Guard.Text;

/// <summary>Frequent words, by which broken words are mended (lexicon.txt, written by eng/unicode/words.py).</summary>
static class Lexicon
{
    /// <summary>No word looked for is longer.</summary>
    public const int Longest = 16;

    static readonly Dictionary<string, int> s_ranks = [];
    static readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> s_lookup;
    static readonly Dictionary<ulong, string> s_shuffled = [];

    static Lexicon()
    {
        foreach (var line in ResourceText.Lines("lexicon.txt", "amnion-lexicon 1"))
        {
            foreach (var word in line.Split(' '))
            {
                Add(word);
            }
        }

        s_lookup = s_ranks.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static bool Contains(ReadOnlySpan<char> word) => word.Length <= Longest && s_lookup.ContainsKey(word);

    /// <summary>The word's place by frequency from 0, or -1.</summary>
    public static int Rank(ReadOnlySpan<char> word) => word.Length <= Longest && s_lookup.TryGetValue(word, out var rank) ? rank : -1;

    /// <summary>The word with the same first and last letter and the same letters between, or null.</summary>
    public static string? Unshuffled(ReadOnlySpan<char> word) => word.Length is >= 4 and <= Longest && s_shuffled.TryGetValue(Key(word), out var found) ? found : null;

    static void Add(string word)
    {
        if (s_ranks.TryAdd(word, s_ranks.Count) && word.Length is >= 4 and <= Longest)
        {
            s_shuffled.TryAdd(Key(word), word);
        }
    }

    // A sum does not see the order of what it adds; the multiplier spreads 26 letters over 64 bits.
    static ulong Key(ReadOnlySpan<char> word)
    {
        var sum = ((ulong)word[0] << 56) ^ ((ulong)word[^1] << 48) ^ ((ulong)word.Length << 40);
        foreach (var c in word[1..^1])
        {
            var x = (c + 1UL) * 0x9E3779B97F4A7C15UL;
            sum += (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9UL;
        }

        return sum;
    }
}
