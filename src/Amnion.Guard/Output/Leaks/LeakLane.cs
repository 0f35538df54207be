namespace Amnion.Guard.Output.Leaks;

/// <summary>
/// Follows one reading of an answer (as it stands, turned back from rot13, decoded, backwards) through a leak index. Every gram of the answer is looked up; a gram that stands in the text becomes a run, which is followed symbol by symbol until it is long enough or breaks.
/// </summary>
sealed class LeakLane
{
    /// <summary>How far a run is followed before it must have been decided, in symbols.</summary>
    public const int Threshold = 64;

    /// <summary>More than this many characters without a symbol break a run.</summary>
    const int LongestGap = 64;

    /// <summary>The most characters a lane holds back. A run stretched over more is still found, but its beginning is out.</summary>
    const int LongestSpan = 512;

    /// <summary>Runs with fewer different symbols (rulers, padding, "ha ha ha") are nobody's secret.</summary>
    const int LeastDifferent = 6;
    const int MostRuns = 64;
    const int Ring = 256;

    readonly LeakIndex _index;
    readonly bool _backwards;
    readonly string _code;
    readonly string _rule;
    readonly RunThreshold _threshold;
    readonly byte[] _symbols = new byte[Ring];
    readonly int[] _starts = new int[Ring];
    readonly int[] _characters = new int[Ring];
    readonly List<Run> _runs = [];
    readonly int _gram;
    readonly ulong _power;
    readonly ulong _lower;
    ulong _hash;
    int _count;
    int _history;
    int _characterCount;
    int _lastEnd;
    bool _separated;

    public LeakLane(LeakIndex index, string code, string rule, RunThreshold threshold, bool backwards = false)
    {
        _index = index;
        _code = code;
        _rule = rule;
        _threshold = threshold;
        _backwards = backwards;
        _gram = index.Options.GramLength;
        _power = GramHash.Power(_gram);
        _lower = GramHash.Power(_gram - 1);
    }

    /// <summary>How many symbols of the text every hit of this lane covers in all, repeated ones counted again.</summary>
    public int Covered { get; private set; }

    /// <summary>See <see cref="IAnswerCheck.Held"/>; <paramref name="fed"/> is the number of characters fed.</summary>
    public int Held(int fed)
    {
        if (_count == _history)
        {
            return fed;
        }

        // A run that is not followed yet holds no gram of the index, so it is shorter than the guarantee.
        var first = Math.Max(_history, _count - _index.Options.Guarantee + 1);
        foreach (var run in _runs)
        {
            first = run.Hit is null ? Math.Min(first, run.Start) : first;
        }

        return first == _count ? fed : Math.Max(_starts[first % Ring], fed - LongestSpan);
    }

    /// <summary>Forgets what was read: no run crosses this point.</summary>
    public void Break()
    {
        _runs.Clear();
        _history = _count;
        _hash = 0;
    }

    /// <summary>Takes a code point that stands at [start, end) of the answer.</summary>
    public void Feed(int codePoint, int start, int end, AnswerHits hits)
    {
        var symbol = FoldedSymbol.Of(codePoint);
        if (start - _lastEnd > LongestGap && _count > _history)
        {
            Break();
        }

        if (symbol == FoldedSymbol.None)
        {
            _characterCount += _separated ? 0 : 1;
            _separated = true;
            return;
        }

        _separated = false;
        _lastEnd = end;
        Follow(symbol, end);
        Append(symbol, start);
        if (_count - _history >= _gram)
        {
            LookUp();
        }

        Decide(end, hits);
    }

    void Follow(byte symbol, int end)
    {
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            var run = _runs[i];
            if (_index.SymbolAt(run.Next) != symbol)
            {
                _runs[i] = _runs[^1];
                _runs.RemoveAt(_runs.Count - 1);
                continue;
            }

            run.Next += _backwards ? -1 : 1;
            Covered += run.Hit is null ? 0 : 1;
            run.Hit?.GrowTo(end);
        }
    }

    void Append(byte symbol, int start)
    {
        var filled = _count - _history;
        var leaves = _symbols[(_count - _gram + Ring) % Ring];
        _hash = (filled < _gram, _backwards) switch
        {
            (true, false) => GramHash.Add(_hash, symbol),
            (true, true) => GramHash.AddBackwards(_hash, symbol, GramHash.Power(filled)),
            (false, false) => GramHash.Roll(_hash, leaves, symbol, _power),
            (false, true) => GramHash.RollBackwards(_hash, leaves, symbol, _lower),
        };
        _symbols[_count % Ring] = symbol;
        _starts[_count % Ring] = start;
        _characters[_count % Ring] = _characterCount++;
        _count++;
    }

    void LookUp()
    {
        var hash = GramHash.Finish(_hash);
        var (first, last) = _index.BucketOf(hash);
        while (first < last && _runs.Count < MostRuns)
        {
            var entry = _index.Find(first, last, hash);
            if (entry < 0)
            {
                return;
            }

            first = entry + 1;
            TryStart(_index.PlaceOf(entry));
        }
    }

    void TryStart(int place)
    {
        // The place of the symbol that the newest one stands for, and the step from a symbol to the one before it in the answer.
        var newest = _backwards ? place : place + _gram - 1;
        var older = _backwards ? 1 : -1;
        foreach (var run in _runs)
        {
            if (run.Next == newest - older)
            {
                return;
            }
        }

        var limit = Math.Min(_count - _history, Threshold);
        var length = 0;
        while (length < limit && _index.SymbolAt(newest + (older * length)) == _symbols[(_count - 1 - length) % Ring])
        {
            length++;
        }

        if (length >= _gram)
        {
            _runs.Add(new Run { Next = newest - older, Start = _count - length });
        }
    }

    void Decide(int end, AnswerHits hits)
    {
        foreach (var run in _runs)
        {
            if (run.Hit is not null)
            {
                continue;
            }

            var length = _count - run.Start;
            var characters = _characters[(_count - 1) % Ring] - _characters[run.Start % Ring] + 1;
            if (_threshold.IsMet(length, characters) && IsVaried(run.Start))
            {
                run.Hit = OpenHit(_starts[run.Start % Ring]) ?? hits.Add(_code, _rule, _starts[run.Start % Ring], end);
                run.Hit.GrowTo(end);
                Covered += length;
            }
            else if (length >= Threshold)
            {
                run.Start++;
            }
        }
    }

    /// <summary>Runs in several places of the text at once are one hit.</summary>
    AnswerHit? OpenHit(int start)
    {
        foreach (var run in _runs)
        {
            if (run.Hit is not null && run.Hit.Start <= start)
            {
                return run.Hit;
            }
        }

        return null;
    }

    bool IsVaried(int start)
    {
        var seen = 0UL;
        for (var i = start; i < _count; i++)
        {
            seen |= 1UL << _symbols[i % Ring];
        }

        return System.Numerics.BitOperations.PopCount(seen) >= LeastDifferent;
    }

    sealed class Run
    {
        public int Next { get; set; }

        public int Start { get; set; }

        public AnswerHit? Hit { get; set; }
    }
}
