using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>Compiles the phrases of a pack.</summary>
sealed class PhraseAutomatonBuilder
{
    const int Columns = 36;

    readonly List<Dictionary<char, int>> _nodes = [[]];
    readonly Dictionary<int, int> _exact = [];
    readonly Dictionary<int, int> _prefix = [];
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    readonly Dictionary<long, int> _phrases = [];
    readonly List<SortedSet<int>> _sets = [[]];

    /// <summary>How many words and how many letters of them there are: the dense table has 16-bit nodes.</summary>
    public int Nodes => _nodes.Count;

    /// <summary>Adds a phrase of folded words; a star at a word's end stands for any letters. False where it has no words.</summary>
    public bool Add(string phrase, int set)
    {
        var node = 0;
        foreach (var (word, prefix) in Words(phrase))
        {
            var key = prefix ? word + "*" : word;
            if (!_numbers.TryGetValue(key, out var number))
            {
                number = _numbers.Count;
                _numbers.Add(key, number);
                (prefix ? _prefix : _exact).Add(Node(word), number);
            }

            var edge = ((long)node << 32) | (uint)number;
            if (!_phrases.TryGetValue(edge, out var next))
            {
                next = _sets.Count;
                _sets.Add([]);
                _phrases.Add(edge, next);
            }

            node = next;
        }

        if (node > 0)
        {
            _sets[node].Add(set);
        }

        return node > 0;
    }

    public PhraseAutomaton Build(int setCount)
    {
        var dense = new ushort[_nodes.Count * Columns];
        var sparse = new Dictionary<long, int>();
        var ends = new int[_nodes.Count][];
        var prefixes = new int[_nodes.Count][];
        prefixes[0] = [];
        ends[0] = [];

        // Nodes come after their parents, so a parent's prefixes are known when its children are reached.
        for (var n = 0; n < _nodes.Count; n++)
        {
            foreach (var (c, child) in _nodes[n])
            {
                var column = PhraseText.Column(c);
                if (column >= 0)
                {
                    dense[(n * Columns) + column] = (ushort)child;
                }
                else
                {
                    sparse.Add(((long)n << 16) | c, child);
                }

                prefixes[child] = _prefix.TryGetValue(child, out var prefix) ? [.. prefixes[n], prefix] : prefixes[n];
                ends[child] = _exact.TryGetValue(child, out var exact) ? [.. prefixes[child], exact] : prefixes[child];
            }
        }

        return new PhraseAutomaton(dense, sparse, ends, prefixes, _phrases, [.. _sets.Select(s => s.ToArray())], setCount);
    }

    int Node(string word)
    {
        var node = 0;
        foreach (var c in word)
        {
            if (!_nodes[node].TryGetValue(c, out var next))
            {
                next = _nodes.Count;
                _nodes.Add([]);
                _nodes[node].Add(c, next);
            }

            node = next;
        }

        return node;
    }

    /// <summary>The words as the automaton will meet them: apostrophes inside are passed over, unspaced scripts give one word a character.</summary>
    static IEnumerable<(string Word, bool Prefix)> Words(string phrase)
    {
        for (var i = 0; i < phrase.Length;)
        {
            if (!PhraseText.IsWordCharacter(phrase[i]))
            {
                i++;
                continue;
            }

            if (CodePoints.IsUnspaced(phrase[i]))
            {
                yield return (phrase[i++].ToString(), false);
                continue;
            }

            var word = new System.Text.StringBuilder();
            while (i < phrase.Length && (phrase[i] == '\'' || (PhraseText.IsWordCharacter(phrase[i]) && !CodePoints.IsUnspaced(phrase[i]))))
            {
                if (phrase[i] != '\'')
                {
                    word.Append(phrase[i]);
                }

                i++;
            }

            var prefix = i < phrase.Length && phrase[i] == '*';
            yield return (word.ToString(), prefix);
        }
    }
}
