using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>Finds short phrases in one reading of an answer, without regard to case, spacing and punctuation (Knuth, Morris and Pratt, SIAM 1977). Both ends must stand at the edge of a word.</summary>
sealed class PhraseLane
{
    const int Ring = SystemPrompt.LongestPhrase + 1;
    const int LongestGap = 24;

    readonly Pattern[] _patterns;
    readonly string _code;
    readonly string _rule;
    readonly int[] _starts = new int[Ring];
    readonly bool[] _isEdge = new bool[Ring];
    readonly List<(Pattern Pattern, int Start, int End)> _ended = [];
    int _count;
    int _lastEnd;
    bool _wasWord;
    bool _isQuoted;
    char _before;

    public PhraseLane(IEnumerable<PromptSecret> phrases, string code, string rule)
    {
        _patterns = [.. phrases.Select(static phrase => new Pattern(FoldedSymbol.Fold(phrase.Phrase), phrase.IsWeak)).Where(static pattern => pattern.Symbols.Length is >= 2 and < Ring)];
        _code = code;
        _rule = rule;
    }

    /// <summary>Whether the answer spoke of a code just before: everyday words count then.</summary>
    public bool IsExpectant { get; set; }

    public int Held(int fed)
    {
        var held = fed;
        foreach (var pattern in _patterns)
        {
            held = pattern.State > 0 ? Math.Min(held, _starts[(_count - pattern.State) % Ring]) : held;
        }

        foreach (var (_, start, _) in _ended)
        {
            held = Math.Min(held, start);
        }

        return Math.Max(held, fed - 512);
    }

    public void Break()
    {
        _ended.Clear();
        foreach (var pattern in _patterns)
        {
            pattern.State = 0;
        }

        _wasWord = false;
    }

    public void Feed(int codePoint, int start, int end, AnswerHits hits)
    {
        var symbol = FoldedSymbol.Of(codePoint);
        Settle(symbol == FoldedSymbol.None, codePoint, hits);
        if (symbol == FoldedSymbol.None)
        {
            _wasWord = false;
            _before = codePoint < 128 ? (char)codePoint : '“';
            if (start - _lastEnd > LongestGap)
            {
                Break();
            }

            return;
        }

        _isEdge[_count % Ring] = !_wasWord;
        _isQuoted = !_wasWord ? _before is '"' or '\'' or '`' or '*' or '“' : _isQuoted;
        _starts[_count % Ring] = start;
        _count++;
        _wasWord = true;
        _lastEnd = end;
        foreach (var pattern in _patterns)
        {
            if (pattern.Step(symbol))
            {
                var first = (_count - pattern.Symbols.Length) % Ring;
                if (_isEdge[first] && (!pattern.IsWeak || IsExpectant || _isQuoted))
                {
                    _ended.Add((pattern, _starts[first], end));
                }
            }
        }
    }

    public void Complete(AnswerHits hits) => Settle(isEdge: true, ' ', hits);

    void Settle(bool isEdge, int codePoint, AnswerHits hits)
    {
        if (_ended.Count == 0)
        {
            return;
        }

        foreach (var (_, start, end) in _ended)
        {
            if (isEdge && codePoint != '_')
            {
                hits.Add(_code, _rule, start, end);
            }
        }

        _ended.Clear();
    }

    sealed class Pattern
    {
        readonly int[] _failure;

        public Pattern(byte[] symbols, bool isWeak)
        {
            Symbols = symbols;
            IsWeak = isWeak;
            _failure = new int[symbols.Length + 1];
            for (int i = 1, k = 0; i < symbols.Length; i++)
            {
                while (k > 0 && symbols[i] != symbols[k])
                {
                    k = _failure[k];
                }

                k += symbols[i] == symbols[k] ? 1 : 0;
                _failure[i + 1] = k;
            }
        }

        public byte[] Symbols { get; }

        public bool IsWeak { get; }

        public int State { get; set; }

        public bool Step(byte symbol)
        {
            while (State > 0 && (State == Symbols.Length || symbol != Symbols[State]))
            {
                State = _failure[State];
            }

            State += symbol == Symbols[State] ? 1 : 0;
            return State == Symbols.Length;
        }
    }
}
