namespace Amnion.Guard.Signatures;

/// <summary>Aho and Corasick's automaton over the characters of the literals, as one table: each character of a text is one step, whatever the literals.</summary>
sealed class LiteralAutomaton
{
    readonly byte[] _classes = new byte[128];
    readonly int _width;
    readonly int _count;
    readonly ushort[] _next;
    readonly int[][] _found;

    public LiteralAutomaton(IReadOnlyList<string> literals)
    {
        var width = 1;
        foreach (var c in literals.SelectMany(l => l))
        {
            if (_classes[c] == 0)
            {
                _classes[c] = (byte)width++;
            }
        }

        _width = width;
        _count = literals.Count;
        var (children, ends) = Trie(literals);
        _next = new ushort[children.Count * width];
        _found = new int[children.Count][];
        Link(children, ends);
    }

    /// <summary>Gives each literal found, and where it ends first.</summary>
    public void Run(string text, List<(int Literal, int End)> found)
    {
        Span<bool> seen = stackalloc bool[_count];
        var state = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            state = c < 128 ? _next[(state * _width) + _classes[c]] : 0;
            if (_found[state].Length == 0)
            {
                continue;
            }

            foreach (var literal in _found[state])
            {
                if (!seen[literal])
                {
                    seen[literal] = true;
                    found.Add((literal, i + 1));
                }
            }
        }
    }

    (List<int[]> Children, List<List<int>> Ends) Trie(IReadOnlyList<string> literals)
    {
        var children = new List<int[]> { new int[_width] };
        var ends = new List<List<int>> { new() };
        for (var l = 0; l < literals.Count; l++)
        {
            var node = 0;
            foreach (var c in literals[l])
            {
                ref var child = ref children[node][_classes[c]];
                if (child == 0)
                {
                    child = children.Count;
                    children.Add(new int[_width]);
                    ends.Add([]);
                }

                node = children[node][_classes[c]];
            }

            ends[node].Add(l);
        }

        return (children, ends);
    }

    void Link(List<int[]> children, List<List<int>> ends)
    {
        var fail = new int[children.Count];
        var order = new Queue<int>([0]);
        while (order.TryDequeue(out var node))
        {
            _found[node] = node == 0 ? [] : [.. ends[node], .. _found[fail[node]]];
            for (var k = 0; k < _width; k++)
            {
                var child = children[node][k];
                var back = node == 0 ? 0 : _next[(fail[node] * _width) + k];
                if (child == 0)
                {
                    _next[(node * _width) + k] = (ushort)back;
                }
                else
                {
                    _next[(node * _width) + k] = (ushort)child;
                    fail[child] = back;
                    order.Enqueue(child);
                }
            }
        }
    }
}
