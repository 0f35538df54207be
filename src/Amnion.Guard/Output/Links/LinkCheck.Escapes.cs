namespace Amnion.Guard.Output.Links;

/// <content>Terminal escape sequences (ECMA-48 §5.4, §5.6).</content>
public sealed partial class LinkCheck
{
    const int LongestCommand = 128;

    int _commandLength;
    int _semicolons;
    int _number;
    bool _isTerminalLink;

    void BeginEscape(char c, int position)
    {
        _start = position;
        _isTerminalLink = false;
        _number = 0;
        _semicolons = 0;
        _commandLength = 0;
        // 0x80–0x9F are ESC and a letter in one character.
        _mode = c switch
        {
            '\u001b' => Mode.Escape,
            '\u009d' => Mode.Command,
            '\u009b' => Mode.Text,
            _ => Mode.Command,
        };
        _semicolons = c is '\u0090' or '\u009f' or '\u009e' or '\u0098' ? -1 : 0;
    }

    void FeedEscape(char c, int position, AnswerHits hits)
    {
        if (_mode == Mode.Escape)
        {
            _mode = c is ']' or 'P' or '_' or '^' or 'X' ? Mode.Command : Mode.Text;
            _semicolons = c == ']' ? 0 : -1;
            return;
        }

        var isEnd = c is '\a' or '\u001b' or '\u009c' or '\n';
        if (_semicolons == 0 && char.IsAsciiDigit(c) && _number < 100000)
        {
            _number = (_number * 10) + c - '0';
        }
        else if (c == ';' && _semicolons >= 0)
        {
            _semicolons++;
            _isTerminalLink = _number == 8;
            if (_isTerminalLink && _semicolons == 2)
            {
                Expect(LinkPlace.Terminal, isFetched: true);
                return;
            }
        }

        if (_isTerminalLink && !isEnd && ++_commandLength <= LongestCommand)
        {
            return;
        }

        // Titles (0–2) and colours (4, 10–19, 104–119) are harmless; everything else writes clipboards, notifies, uploads or asks.
        var isHarmless = _semicolons >= 0 && (_number <= 2 || _number == 4 || _number is >= 10 and <= 19 or >= 104 and <= 119 or 133) && c != '?';
        if (isEnd || ++_commandLength > LongestCommand)
        {
            _mode = Mode.Text;
            if (!_isTerminalLink && !isHarmless)
            {
                hits.Add(OutputCodes.Escape, "link.escape", _start, position + (isEnd && c != '\u001b' ? 1 : 0));
            }

            _isTerminalLink = false;
            if (c == '\u001b')
            {
                BeginEscape(c, position);
            }
        }
    }
}
