namespace Amnion.Guard.Output.Links;

/// <summary>Follows fenced code blocks and code spans (CommonMark §4.5, §6.1), as far as that is possible without looking ahead: a backtick opens a span whether or not one closes it.</summary>
sealed class CodeSpan
{
    char _fence;
    int _fenceLength;
    int _spanLength;
    char _run;
    int _runLength;
    int _indent;
    bool _isLineStart = true;
    bool _isRunAtLineStart;
    bool _isBlank = true;

    /// <summary>Whether what follows is code, which no renderer fetches from.</summary>
    public bool IsCode => _fence != 0 || _spanLength > 0;

    public void Feed(char c)
    {
        if (c is '`' or '~' && (c == _run || _runLength == 0))
        {
            _isRunAtLineStart = _runLength == 0 ? _isLineStart && _indent <= 3 : _isRunAtLineStart;
            _run = c;
            _runLength++;
            _isLineStart = false;
            _isBlank = false;
            return;
        }

        EndRun();
        if (c == '\n')
        {
            _spanLength = _isBlank ? 0 : _spanLength;
            _isLineStart = true;
            _isBlank = true;
            _indent = 0;
            return;
        }

        if (c is ' ' && _isLineStart)
        {
            _indent++;
            return;
        }

        _isBlank &= char.IsWhiteSpace(c);
        _isLineStart = false;
    }

    void EndRun()
    {
        var (run, length) = (_run, _runLength);
        (_run, _runLength) = ('\0', 0);
        if (length == 0)
        {
            return;
        }

        if (_fence != 0)
        {
            _fence = _isRunAtLineStart && run == _fence && length >= _fenceLength ? '\0' : _fence;
        }
        else if (_isRunAtLineStart && length >= 3)
        {
            (_fence, _fenceLength, _spanLength) = (run, length, 0);
        }
        else if (run == '`')
        {
            _spanLength = _spanLength == 0 ? length : _spanLength == length ? 0 : _spanLength;
        }
    }
}
