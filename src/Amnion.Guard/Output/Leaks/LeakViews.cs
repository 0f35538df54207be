namespace Amnion.Guard.Output.Leaks;

/// <summary>All readings of an answer that are followed through one index: as it stands, rot13, backwards, base64, hexadecimal, escapes undone.</summary>
sealed class LeakViews
{
    readonly LeakLane _plain;
    readonly LeakLane _rot13;
    readonly LeakLane _backwards;
    readonly EscapeLane _escapes;
    readonly Base64Bytes _base64;
    readonly HexBytes _hex;
    readonly LeakLane[] _lanes;
    char _high;
    int _fed;

    public LeakViews(LeakIndex index, string code, string rule, RunThreshold threshold)
    {
        LeakLane Lane(string view, bool backwards = false) => new(index, code, rule + view, threshold, backwards);
        _plain = Lane(string.Empty);
        _rot13 = Lane(".rot13");
        _backwards = Lane(".backwards", backwards: true);
        var escapes = Lane(".escapes");
        LeakLane[] base64 = [Lane(".base64"), Lane(".base64"), Lane(".base64"), Lane(".base64")];
        var hex = Lane(".hex");
        _escapes = new EscapeLane(escapes);
        _base64 = new Base64Bytes([.. base64.Select(lane => new Utf8Lane(lane))]);
        _hex = new HexBytes(new Utf8Lane(hex));
        _lanes = [_plain, _rot13, _backwards, escapes, .. base64, hex];
    }

    public int Held
    {
        get
        {
            var held = _high != 0 ? _fed - 1 : _fed;
            held = Math.Min(held, Math.Min(_plain.Held(_fed), Math.Min(_rot13.Held(_fed), _backwards.Held(_fed))));
            return Math.Max(Math.Min(held, Math.Min(_escapes.Held(_fed), Math.Min(_base64.Held(_fed), _hex.Held(_fed)))), _fed - 512);
        }
    }

    /// <summary>Symbols of the text covered by hits, over all readings.</summary>
    public int Covered
    {
        get
        {
            var covered = 0;
            foreach (var lane in _lanes)
            {
                covered = Math.Max(covered, lane.Covered);
            }

            return covered;
        }
    }

    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        _base64.Feed(character, position, hits);
        _hex.Feed(character, position, hits);
        _escapes.Feed(character, position, hits);
        if (char.IsHighSurrogate(character))
        {
            _high = character;
            return;
        }

        var start = position;
        int codePoint = character;
        if (_high != 0 && char.IsLowSurrogate(character))
        {
            codePoint = char.ConvertToUtf32(_high, character);
            start--;
        }

        _high = '\0';
        _plain.Feed(codePoint, start, position + 1, hits);
        _rot13.Feed(FoldedSymbol.Rot13(codePoint), start, position + 1, hits);
        _backwards.Feed(codePoint, start, position + 1, hits);
    }
}
