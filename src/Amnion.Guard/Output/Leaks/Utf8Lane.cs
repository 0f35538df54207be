namespace Amnion.Guard.Output.Leaks;

/// <summary>Feeds bytes to a lane as UTF-8 (RFC 3629). Bytes that no text holds break the lane: what is no encoded text is followed no further.</summary>
sealed class Utf8Lane(LeakLane lane) : IByteSink
{
    int _codePoint;
    int _missing;
    int _start;

    public int Held(int fed) => _missing > 0 ? Math.Min(_start, lane.Held(fed)) : lane.Held(fed);

    public void Break(AnswerHits hits)
    {
        _missing = 0;
        lane.Break();
    }

    public void Feed(byte value, int start, int end, AnswerHits hits)
    {
        if (_missing > 0 && (value & 0xC0) == 0x80)
        {
            _codePoint = (_codePoint << 6) | (value & 0x3F);
            if (--_missing == 0)
            {
                lane.Feed(_codePoint, _start, end, hits);
            }

            return;
        }

        var lead = value switch
        {
            >= 0x20 and < 0x7F or 0x09 or 0x0A or 0x0D => 0,
            >= 0xC2 and < 0xE0 => 1,
            >= 0xE0 and < 0xF0 => 2,
            >= 0xF0 and < 0xF5 => 3,
            _ => -1,
        };
        if (lead < 0 || _missing > 0)
        {
            Break(hits);
            return;
        }

        if (lead == 0)
        {
            lane.Feed(value, start, end, hits);
            return;
        }

        _missing = lead;
        _start = start;
        _codePoint = value & (0x3F >> lead);
    }
}
