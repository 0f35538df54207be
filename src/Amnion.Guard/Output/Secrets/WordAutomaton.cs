namespace Amnion.Guard.Output.Secrets;

/// <summary>Finds many words at once in one pass, without regard to ASCII case (Aho and Corasick, CACM 1975): one table step per character.</summary>
sealed class WordAutomaton
{
    const int Letters = 64;

    readonly List<int[]> _next = [];
    readonly List<List<int>> _words = [];
    readonly List<int> _depth = [];

    public WordAutomaton(IReadOnlyList<string> words)
    {
        NewState(0);
        for (var i = 0; i < words.Count; i++)
        {
            var state = 0;
            foreach (var c in words[i])
            {
                var letter = LetterOf(c);
                if (_next[state][letter] < 0)
                {
                    _next[state][letter] = NewState(_depth[state] + 1);
                }

                state = _next[state][letter];
            }

            _words[state].Add(i);
        }

        Link();
    }

    /// <summary>How many of the last characters may still become a word.</summary>
    public int DepthOf(int state) => _depth[state];

    /// <summary>The words that end here.</summary>
    public List<int> WordsAt(int state) => _words[state];

    /// <summary>The state after a character.</summary>
    public int Step(int state, char c) => _next[state][LetterOf(c)];

    /// <summary>Letters of the automaton: case is folded and rare characters share one, so that a match must be compared with the word.</summary>
    static int LetterOf(char c) => c switch
    {
        >= 'a' and <= 'z' => c - 'a',
        >= 'A' and <= 'Z' => c - 'A',
        >= '0' and <= '9' => c - '0' + 26,
        '_' => 36,
        '-' => 37,
        '.' => 38,
        '/' => 39,
        ':' => 40,
        '=' => 41,
        ' ' => 42,
        '~' => 43,
        '@' => 44,
        < (char)128 => 45,
        _ => 46 + (c % 18),
    };

    int NewState(int depth)
    {
        var next = new int[Letters];
        Array.Fill(next, -1);
        _next.Add(next);
        _words.Add([]);
        _depth.Add(depth);
        return _next.Count - 1;
    }

    void Link()
    {
        var failure = new int[_next.Count];
        var queue = new Queue<int>();
        queue.Enqueue(0);
        while (queue.TryDequeue(out var state))
        {
            for (var letter = 0; letter < Letters; letter++)
            {
                var child = _next[state][letter];
                var other = state == 0 ? 0 : _next[failure[state]][letter];
                if (child < 0)
                {
                    _next[state][letter] = other;
                }
                else
                {
                    failure[child] = other;
                    _words[child].AddRange(_words[other]);
                    queue.Enqueue(child);
                }
            }
        }
    }
}
