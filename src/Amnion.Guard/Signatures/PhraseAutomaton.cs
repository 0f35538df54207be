using System.Collections.Frozen;
using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>Finds the phrases of all sets in a folded text: a trie of words that gives each word its numbers, and a trie of those numbers that gives the sets. One pass; a word costs its letters, a phrase at most its words.</summary>
sealed class PhraseAutomaton
{
    // Columns of the dense part: letters and digits.
    const int Columns = 36;

    // Phrases going on at once at one word: bounds the work for any pack. What a pack has going on beyond it is missed; words that repeat inside a phrase of more words than this would be needed.
    const int MostActive = 48;

    readonly ushort[] _dense;
    readonly FrozenDictionary<long, int> _sparse;
    readonly int[][] _ends;
    readonly int[][] _prefixes;
    readonly FrozenDictionary<long, int> _phrases;
    readonly int[][] _sets;

    internal PhraseAutomaton(ushort[] dense, Dictionary<long, int> sparse, int[][] ends, int[][] prefixes, Dictionary<long, int> phrases, int[][] sets, int setCount)
    {
        _dense = dense;
        _sparse = sparse.ToFrozenDictionary();
        _ends = ends;
        _prefixes = prefixes;
        _phrases = phrases.ToFrozenDictionary();
        _sets = sets;
        SetCount = setCount;
    }

    /// <summary>How many sets there are.</summary>
    public int SetCount { get; }

    /// <summary>Gives every phrase found, in the order of their ends.</summary>
    public void Run<TSink>(string text, ref TSink sink)
        where TSink : struct, IPhraseSink
    {
        Span<(int Node, int Word, int Start)> active = stackalloc (int, int, int)[MostActive];
        Span<(int Node, int Word, int Start)> next = stackalloc (int, int, int)[MostActive];
        int count = 0, word = 0;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (!PhraseText.IsWordCharacter(c))
            {
                // The end of a sentence is as far as a word.
                if (c is '.' or '!' or '?' or '\n' or '。')
                {
                    word++;
                }

                i++;
                continue;
            }

            var start = i;
            i = Word(text, i, out var numbers);
            word++;
            if (numbers.Length > 0)
            {
                count = Advance(numbers, active[..count], next, (word, start, i), ref sink);
                next[..count].CopyTo(active);
            }
            else
            {
                count = 0;
            }
        }
    }

    /// <summary>Walks one word; gives its end and the numbers it has.</summary>
    int Word(string text, int start, out int[] numbers)
    {
        if (CodePoints.IsUnspaced(text[start]))
        {
            numbers = _sparse.TryGetValue(text[start], out var single) ? _ends[single] : [];
            return start + 1;
        }

        var node = 0;
        var alive = true;
        var i = start;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (!PhraseText.IsWordCharacter(c) || CodePoints.IsUnspaced(c))
            {
                if (c != '\'' || i + 1 >= text.Length || !PhraseText.IsWordCharacter(text[i + 1]))
                {
                    break;
                }

                continue;
            }

            if (alive)
            {
                var next = Next(node, c);
                alive = next != 0;
                node = alive ? next : node;
            }
        }

        numbers = alive ? _ends[node] : _prefixes[node];
        return i;
    }

    int Next(int node, char c)
    {
        var column = PhraseText.Column(c);
        return column >= 0 ? _dense[(node * Columns) + column] : _sparse.TryGetValue(((long)node << 16) | c, out var next) ? next : 0;
    }

    int Advance<TSink>(int[] numbers, ReadOnlySpan<(int Node, int Word, int Start)> active, Span<(int Node, int Word, int Start)> next, (int Word, int Start, int End) at, ref TSink sink)
        where TSink : struct, IPhraseSink
    {
        var kept = 0;
        foreach (var number in numbers)
        {
            for (var a = 0; a <= active.Length; a++)
            {
                var (node, firstWord, firstStart) = a < active.Length ? active[a] : (0, at.Word, at.Start);
                if (!_phrases.TryGetValue(((long)node << 32) | (uint)number, out var reached))
                {
                    continue;
                }

                foreach (var set in _sets[reached])
                {
                    sink.Found(set, firstWord, at.Word, new TextSpan(firstStart, at.End - firstStart));
                }

                if (kept < MostActive)
                {
                    next[kept++] = (reached, firstWord, firstStart);
                }
            }
        }

        return kept;
    }
}
