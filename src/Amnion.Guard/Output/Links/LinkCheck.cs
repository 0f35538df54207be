using System.Text;

namespace Amnion.Guard.Output.Links;

/// <summary>
/// Finds links that carry data out (<see cref="OutputCodes.Link"/>) and terminal escape sequences that do more than colour text (<see cref="OutputCodes.Escape"/>): Markdown links, images and references, autolinks, HTML attributes, style sheets, OSC 8, bare URLs.
/// It reads URLs as browsers do and compares their hosts with the allow-list. A hit is the URL alone: what stands around it stays.
/// </summary>
public sealed partial class LinkCheck : IAnswerCheck
{
    /// <summary>A URL that is not on the list is judged by so many characters at the latest; more than these are data by themselves.</summary>
    internal const int LongestTarget = 320;

    readonly LinkJudge _judge;
    readonly CodeSpan _code = new();
    readonly StringBuilder _target = new();
    readonly StringBuilder _word = new();
    readonly BracketStack _brackets = new();
    readonly HtmlTag _tag = new(restarts: false);
    readonly HtmlTag _inner = new(restarts: true);
    Mode _mode;
    LinkPlace _place;
    bool _isFetched;
    int _start;
    int _wordStart;
    int _depth;
    char _quote;
    char _before;
    AnswerHit? _hit;
    int _fed;

    /// <summary>A check of one answer.</summary>
    /// <param name="policy">Which hosts are allowed.</param>
    /// <param name="context">What must not leave in a link; without it only encoded, long and telling URLs are seen.</param>
    public LinkCheck(LinkPolicy policy, LinkContextText? context = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _judge = new LinkJudge(policy, context ?? LinkContextText.Empty);
    }

    enum Mode
    {
        Text,

        /// <summary>A target begins at the next character that is no white space.</summary>
        BeforeTarget,

        /// <summary>Inside a target that is not judged yet.</summary>
        Target,

        /// <summary>Inside a target that is judged.</summary>
        Judged,

        /// <summary>After ESC.</summary>
        Escape,

        /// <summary>In the number or the parameters of an operating system command.</summary>
        Command,
    }

    /// <inheritdoc/>
    public string Name => "link";

    /// <inheritdoc/>
    public int Held => _mode switch
    {
        Mode.Target or Mode.Escape => _start,
        Mode.Command => _isTerminalLink ? _fed : _start,
        Mode.Text when _word.Length > 0 => _wordStart,
        _ => Math.Min(_fed, _brackets.HeldReference),
    };

    /// <inheritdoc/>
    public void Feed(char character, int position, AnswerHits hits)
    {
        _fed = position + 1;
        _code.Feed(character);
        switch (_mode)
        {
            case Mode.Escape or Mode.Command:
                FeedEscape(character, position, hits);
                break;
            case Mode.BeforeTarget:
                BeforeTarget(character, position, hits);
                break;
            case Mode.Target or Mode.Judged:
                InTarget(character, position, hits);
                break;
            default:
                InText(character, position, hits);
                break;
        }

        _before = character;
    }

    /// <inheritdoc/>
    public void Complete(int length, AnswerHits hits)
    {
        if (_mode == Mode.Target)
        {
            Judge(length, hits);
        }
        else if (_mode is Mode.Escape or Mode.Command && !_isTerminalLink)
        {
            hits.Add(OutputCodes.Escape, "link.escape", _start, length);
        }

        _brackets.Complete(length, hits);
    }

    void InText(char c, int position, AnswerHits hits)
    {
        if (c is '\u001b' or '\u009b' or '\u009d' or '\u0090' or '\u009f' or '\u009e' or '\u0098')
        {
            _word.Clear();
            BeginEscape(c, position);
            return;
        }

        FollowWord(c, position);
        if (_mode != Mode.Text)
        {
            return;
        }

        var outer = _tag.Feed(c, _before);
        var inner = _inner.Feed(c, _before);
        if ((outer ?? inner) is { } attribute)
        {
            Expect(LinkPlace.Attribute, attribute.IsFetched);
            _quote = attribute.Quote;
            if (attribute.First)
            {
                BeforeTarget(c, position, hits);
            }

            return;
        }

        switch (_brackets.Feed(c, _before, position, hits))
        {
            case BracketEvent.Destination:
                Expect(LinkPlace.Destination, _brackets.IsImage);
                break;
            case BracketEvent.Definition:
                Expect(LinkPlace.Definition, _brackets.HasImageReference);
                break;
        }
    }

    /// <summary>Follows the word that may be a scheme; it is held until it is not.</summary>
    void FollowWord(char c, int position)
    {
        if (_word.Length == 0 && !char.IsAsciiLetter(c))
        {
            return;
        }

        if (_word.Length == 0)
        {
            _wordStart = position;
        }

        _word.Append(c);
        var length = _word.Length;
        if (c == '(' && length is 4 && Is("url("))
        {
            Expect(LinkPlace.Style, isFetched: true);
            _quote = '\0';
        }
        else if (length == 4 && Is("www."))
        {
            BeginBare();
        }
        else if (c is '/' or '\\' && length > 2 && _word[length - 2] is '/' or '\\' && _word[length - 3] == ':')
        {
            BeginBare();
        }
        else if (c == ':' && (Is("mailto:") || ((_tag.IsAtName || _inner.IsAtName) && length > 2)))
        {
            _tag.Leave();
            _inner.Leave();
            BeginBare();
        }
        else if (!IsSchemePart(c, length) || length > 24)
        {
            _word.Clear();
            if (char.IsAsciiLetter(c) && length <= 24)
            {
                _wordStart = position;
                _word.Append(c);
            }
        }
    }

    bool IsSchemePart(char c, int length)
    {
        var last = length > 1 ? _word[length - 2] : '\0';
        return last == ':' ? c is '/' or '\\'
            : last is '/' or '\\' ? false
            : char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' or ':';
    }

    bool Is(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((_word[i] | 0x20) != (text[i] | 0x20))
            {
                return false;
            }
        }

        return _word.Length == text.Length;
    }

    void BeginBare()
    {
        _mode = Mode.Target;
        _place = LinkPlace.Bare;
        _isFetched = _tag.IsInside || _inner.IsInside || _tag.IsActive || _inner.IsActive;
        _start = _wordStart;
        _target.Clear().Append(_word);
        _word.Clear();
    }

    void Expect(LinkPlace place, bool isFetched)
    {
        _word.Clear();
        _mode = Mode.BeforeTarget;
        _place = place;
        _isFetched = isFetched;
        _quote = '\0';
    }
}
