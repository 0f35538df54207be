namespace Amnion.Guard.Output;

/// <summary>
/// Reads an answer as base64 or base64url (RFC 4648 §4, §5) in all four phases at once, so that it does not matter where the encoded text begins. Line ends, indentation, quotes and backslashes are skipped, as line wrapping leaves them; anything else ends a run.
/// </summary>
sealed class Base64Bytes(IReadOnlyList<IByteSink> phases)
{
    readonly int[] _starts = new int[4];
    uint _bits;
    int _count;
    int _phase;
    char _before;

    /// <summary>See <see cref="IAnswerCheck.Held"/>.</summary>
    public int Held(int fed)
    {
        var held = _count == 0 ? fed : _starts[(_phase - Math.Min(_count, 3) + 4) & 3];
        foreach (var phase in phases)
        {
            held = Math.Min(held, phase.Held(fed));
        }

        return held;
    }

    public void Feed(char character, int position, AnswerHits hits)
    {
        var value = ValueOf(character);
        if (value < 0)
        {
            // Lines are wrapped and indented; a single space stands between words.
            var isWrapping = character is '\n' or '\r' or '\t' or '"' or '\'' or '\\' || (character == ' ' && _before is '\n' or ' ' or ',');
            if (!isWrapping || position - _starts[(_phase + 3) & 3] > 64)
            {
                Break(position, hits);
            }

            _before = character;
            return;
        }

        _before = character;
        _bits = (_bits << 6) | (uint)value;
        _starts[_phase] = position;
        _phase = (_phase + 1) & 3;
        _count = Math.Min(4, _count + 1);
        if (_count == 4)
        {
            var start = _starts[_phase];
            var sink = phases[_phase];
            sink.Feed((byte)(_bits >> 16), start, position + 1, hits);
            sink.Feed((byte)(_bits >> 8), start, position + 1, hits);
            sink.Feed((byte)_bits, start, position + 1, hits);
        }
    }

    /// <summary>The answer is over; <paramref name="length"/> is its length.</summary>
    public void Complete(int length, AnswerHits hits) => Break(length, hits);

    void Break(int end, AnswerHits hits)
    {
        if (_count == 0)
        {
            return;
        }

        // The last quantum may be short: two characters hold a byte, three hold two.
        for (var i = 0; i < phases.Count; i++)
        {
            var pending = (_phase - i) & 3;
            if (pending >= 2 && _count >= pending)
            {
                var start = _starts[i];
                phases[i].Feed((byte)(_bits >> (pending == 2 ? 4 : 10)), start, end, hits);
                if (pending == 3)
                {
                    phases[i].Feed((byte)(_bits >> 2), start, end, hits);
                }
            }

            phases[i].Break(hits);
        }

        _count = 0;
    }

    static int ValueOf(char character) => character switch
    {
        >= 'A' and <= 'Z' => character - 'A',
        >= 'a' and <= 'z' => character - 'a' + 26,
        >= '0' and <= '9' => character - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };
}
