using System.Buffers;
using System.Globalization;

namespace Amnion.Guard.Output.Leaks;

/// <summary>Feeds a lane with the answer after percent-encoding, numeric HTML entities and backslash escapes (\n, \xHH, \uHHHH) are undone. It runs only where escapes stand: without one it would read what the plain lane reads.</summary>
sealed class EscapeLane(LeakLane lane)
{
    const int LongestEscape = 9;

    /// <summary>The answer is read for this many characters after an escape.</summary>
    const int Reach = 256;

    /// <summary>So much before the first escape may belong to a run.</summary>
    const int Lookback = 64;

    static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF");
    static readonly SearchValues<char> s_decimal = SearchValues.Create("0123456789");

    readonly char[] _escape = new char[LongestEscape];
    readonly (char Character, int Position)[] _before = new (char, int)[Reach];
    int _beforeCount;
    int _length;
    int _lastEscape = -Reach;

    public int Held(int fed) => _length == 0 ? lane.Held(fed) : Math.Min(fed - _length - Lookback, lane.Held(fed));

    public void Feed(char character, int position, AnswerHits hits)
    {
        if (_length > 0)
        {
            if (TryExtend(character, position, hits))
            {
                return;
            }

            var start = position - _length;
            for (var i = 0; i < _length; i++)
            {
                Plain(_escape[i], start + i, hits);
            }

            _length = 0;
        }

        if (character is '%' or '&' or '\\')
        {
            _escape[0] = character;
            _length = 1;
            return;
        }

        Plain(character, position, hits);
    }

    void Plain(char character, int position, AnswerHits hits)
    {
        if (position - _lastEscape < Reach)
        {
            lane.Feed(character, position, position + 1, hits);
            return;
        }

        _before[_beforeCount++ % Reach] = (character, position);
    }

    bool TryExtend(char character, int position, AnswerHits hits)
    {
        if (_length == LongestEscape)
        {
            return false;
        }

        _escape[_length] = character;
        var escape = _escape.AsSpan(0, _length + 1);
        var (isOpen, codePoint) = Read(escape);
        if (!isOpen && codePoint < 0)
        {
            return false;
        }

        _length++;
        if (!isOpen)
        {
            var start = position + 1 - _length;
            Enter(start, hits);
            _length = 0;
            _lastEscape = position;
            lane.Feed(codePoint, start, position + 1, hits);
        }

        return true;
    }

    /// <summary>What stood before the first escape is read now; afterwards the lane reads along.</summary>
    void Enter(int position, AnswerHits hits)
    {
        if (position - _lastEscape < Reach)
        {
            return;
        }

        lane.Break();
        for (var i = Math.Max(0, _beforeCount - Lookback); i < _beforeCount; i++)
        {
            var (character, at) = _before[i % Reach];
            lane.Feed(character, at, at + 1, hits);
        }

        _beforeCount = 0;
    }

    static (bool IsOpen, int CodePoint) Read(ReadOnlySpan<char> escape)
    {
        var body = escape[1..];
        return escape[0] switch
        {
            '%' => Hex(body, 2),
            '\\' when body[0] == 'u' => Hex(body[1..], 4),
            '\\' when body[0] == 'x' => Hex(body[1..], 2),
            '\\' when body[0] is 'n' or 't' or 'r' => (false, ' '),
            '&' when body[0] == '#' => Entity(body[1..]),
            _ => (false, -1),
        };
    }

    static (bool IsOpen, int CodePoint) Hex(ReadOnlySpan<char> digits, int wanted)
    {
        if (digits.ContainsAnyExcept(s_hex))
        {
            return (false, -1);
        }

        return digits.Length < wanted ? (true, -1) : (false, int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    static (bool IsOpen, int CodePoint) Entity(ReadOnlySpan<char> body)
    {
        var isHex = body.Length > 0 && body[0] is 'x' or 'X';
        var digits = isHex ? body[1..] : body;
        if (digits.Length > 0 && digits[^1] == ';')
        {
            return int.TryParse(digits[..^1], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var codePoint) && codePoint is >= 0 and < 0x110000 ? (false, codePoint) : (false, -1);
        }

        return digits.ContainsAnyExcept(isHex ? s_hex : s_decimal) ? (false, -1) : (true, -1);
    }
}
