namespace Amnion.Guard.Output;

/// <summary>Reads an answer as hexadecimal digits, with or without separators ("0x", "\x", ":", "-", ",", white space) between bytes. A letter that is no digit ends a run.</summary>
sealed class HexBytes(IByteSink sink)
{
    int _high = -1;
    int _start;
    int _last = -1;

    /// <summary>See <see cref="IAnswerCheck.Held"/>.</summary>
    public int Held(int fed) => Math.Min(_high >= 0 ? _start : fed, sink.Held(fed));

    /// <summary>The answer is over.</summary>
    public void Complete(AnswerHits hits) => sink.Break(hits);

    public void Feed(char character, int position, AnswerHits hits)
    {
        if (char.IsAsciiHexDigit(character))
        {
            var value = character <= '9' ? character - '0' : (character | 0x20) - 'a' + 10;
            if (_high < 0)
            {
                _high = value;
                _start = position;
            }
            else
            {
                sink.Feed((byte)((_high << 4) | value), _start, position + 1, hits);
                _high = -1;
                _last = position;
            }
        }
        else if (character is 'x' or 'X' or '\\' or ':' or '-' or ',' or '"' or '\'' or '%' or '[' or ']' or '{' or '}' || char.IsWhiteSpace(character))
        {
            _high = -1;
            if (position - _last > 64)
            {
                sink.Break(hits);
            }
        }
        else
        {
            _high = -1;
            sink.Break(hits);
        }
    }
}
