namespace Amnion.Guard.Output.Links;

/// <content>Inside a URL: where it ends, and what is judged.</content>
public sealed partial class LinkCheck
{
    void BeforeTarget(char c, int position, AnswerHits hits)
    {
        if (c is ' ' or '\t' or '\n' or '\r' && !(_place == LinkPlace.Attribute && _quote != 0))
        {
            return;
        }

        if (_place is LinkPlace.Destination or LinkPlace.Definition && c == '<')
        {
            (_place, _quote) = (LinkPlace.Angle, _place == LinkPlace.Definition ? 'd' : '\0');
            _mode = Mode.Target;
            _start = position + 1;
            _target.Clear();
            return;
        }

        if (_place == LinkPlace.Style && c is '"' or '\'')
        {
            _quote = c;
            _mode = Mode.Target;
            _start = position + 1;
            _target.Clear();
            return;
        }

        _mode = Mode.Target;
        _start = position;
        _depth = 0;
        _target.Clear();
        InTarget(c, position, hits);
    }

    void InTarget(char c, int position, AnswerHits hits)
    {
        if (IsEnd(c))
        {
            End(c, position, hits);
            return;
        }

        if (_mode == Mode.Judged)
        {
            _hit?.GrowTo(position + 1);
            return;
        }

        _target.Append(c);
        if (_target.Length >= LongestTarget)
        {
            Judge(position + 1, hits);
            // What is no URL is text: something may begin inside it.
            _mode = _hit is not null || _place == LinkPlace.Bare ? Mode.Judged : Mode.Text;
            if (_place == LinkPlace.Attribute && _mode == Mode.Text)
            {
                _tag.LeaveValueOpen(_quote);
                _inner.LeaveValueOpen(_quote);
            }
        }
    }

    void End(char c, int position, AnswerHits hits)
    {
        if (_mode == Mode.Target)
        {
            Judge(position, hits);
        }

        _hit = null;
        _mode = Mode.Text;
        if (_place == LinkPlace.Attribute)
        {
            _tag.EndValue(isQuoted: _quote != 0);
            _inner.EndValue(isQuoted: _quote != 0);
        }

        // What ended the URL may begin something else: a bracket, a tag, an escape sequence, a line with a definition of its own.
        if (_place == LinkPlace.Bare || c is '\u001b' or '\n' || (_place == LinkPlace.Attribute && _quote == 0))
        {
            _before = position > 0 ? '\0' : _before;
            InText(c, position, hits);
        }
    }

    bool IsEnd(char c) => _place switch
    {
        LinkPlace.Bare => char.IsWhiteSpace(c) || c is '<' or '>' or '"' or '`' or ']' || char.IsControl(c),
        LinkPlace.Destination => char.IsWhiteSpace(c) || IsUnbalanced(c),
        LinkPlace.Definition => char.IsWhiteSpace(c),
        LinkPlace.Angle => c is '>' or '\n',
        LinkPlace.Attribute => _quote != 0 ? c == _quote : char.IsWhiteSpace(c) || c == '>',
        LinkPlace.Style => _quote != 0 ? c == _quote : c is ')' or '"' or '\'',
        _ => c is '\a' or '\u001b' or '\u009c' or '\n',
    };

    bool IsUnbalanced(char c)
    {
        if (_before == '\\')
        {
            return false;
        }

        _depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        return _depth < 0;
    }

    void Judge(int end, AnswerHits hits)
    {
        var raw = _target.ToString();
        // Code is shown, not rendered: what would be fetched elsewhere is a link there.
        var isFetched = _isFetched && !_code.IsCode;
        // A value or destination that is never closed is text, with images and tags of its own.
        var isText = _place != LinkPlace.Bare && (raw.Contains("](", StringComparison.Ordinal) || (raw.Contains('<') && _place != LinkPlace.Angle));
        var rule = isText ? _judge.JudgeAll(LinkDecoding.Entities(raw), !_code.IsCode) : _place switch
        {
            LinkPlace.Attribute or LinkPlace.Style => _judge.JudgeAll(LinkDecoding.Entities(raw), isFetched),
            LinkPlace.Destination or LinkPlace.Definition or LinkPlace.Angle => _judge.Judge(LinkDecoding.Entities(LinkDecoding.Backslashes(raw)), isFetched) ?? _judge.Judge(raw, isFetched),
            _ => _judge.Judge(raw, isFetched) ?? _judge.Judge(LinkDecoding.Entities(raw), isFetched),
        };
        if (rule is null && raw.Length >= LongestTarget && _judge.IsOutside(raw))
        {
            rule = "link.length";
        }

        _hit = rule is null ? null : hits.Add(OutputCodes.Link, rule, _start, end);
        if (_place == LinkPlace.Definition || (_place == LinkPlace.Angle && _quote == 'd'))
        {
            _brackets.Define(rule is null && _judge.IsOutside(raw));
        }
    }
}
