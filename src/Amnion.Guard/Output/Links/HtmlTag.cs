using System.Text;

namespace Amnion.Guard.Output.Links;

/// <summary>
/// Follows the tags of HTML (HTML Living Standard §13.2.5), as far as it takes to know in which attribute a value stands. Where a quotation mark is never closed, Markdown reads what follows as text and tags: one that
/// <paramref name="restarts"/> begins anew at every '&lt;', inside quotation marks too.
/// </summary>
sealed class HtmlTag(bool restarts)
{
    const int LongestName = 24;

    /// <summary>Attributes that a browser follows by itself, or runs.</summary>
    static readonly HashSet<string> s_fetched = new(StringComparer.Ordinal)
    {
        "src", "srcset", "imagesrcset", "poster", "background", "data", "action", "formaction", "ping", "style", "content", "codebase", "manifest", "longdesc", "xlink:href", "srcdoc", "icon", "dynsrc", "lowsrc", "profile", "classid", "archive", "usemap", "values", "to", "from",
    };

    readonly StringBuilder _name = new();
    string _tagName = string.Empty;
    string _active = string.Empty;
    State _state;
    char _quote;

    enum State
    {
        Outside,
        Opened,
        Name,
        BeforeAttribute,
        Attribute,
        AfterAttribute,
        BeforeValue,
        AfterValue,
        Quoted,
    }

    /// <summary>Whether a tag is open, outside its attribute values.</summary>
    public bool IsInside => _state is >= State.BeforeAttribute and not State.Quoted;

    /// <summary>Whether the name of a tag is being read: "&lt;https" may be one or an autolink.</summary>
    public bool IsAtName => _state == State.Name;

    /// <summary>Whether what follows is a script or a style sheet.</summary>
    public bool IsActive => _active.Length > 0;

    /// <summary>It is no tag after all.</summary>
    public void Leave() => _state = State.Outside;

    /// <summary>An attribute's value has ended.</summary>
    public void EndValue(bool isQuoted) => _state = isQuoted ? State.BeforeAttribute : State.AfterValue;

    /// <summary>A quoted value goes on, but is looked at no more.</summary>
    public void LeaveValueOpen(char quote) => (_state, _quote) = (quote == 0 ? State.AfterValue : State.Quoted, quote);

    /// <summary>Takes a character; returns an attribute whose value begins after it (quoted) or with it.</summary>
    public (bool IsFetched, char Quote, bool First)? Feed(char c, char before)
    {
        switch (_state)
        {
            case State.Outside:
                _state = c == '<' && before != '\\' ? State.Opened : State.Outside;
                return null;
            case State.Opened:
                _state = char.IsAsciiLetter(c) || c == '/' ? State.Name : c == '<' ? State.Opened : State.Outside;
                _name.Clear().Append(char.ToLowerInvariant(c));
                return null;
            case State.Name:
                InName(c);
                return null;
            case State.BeforeValue:
                return BeforeValue(c);
            case State.Quoted:
                _state = c == _quote ? State.BeforeAttribute : restarts && c == '<' ? State.Opened : State.Quoted;
                return null;
            default:
                InAttributes(c);
                return null;
        }
    }

    void InName(char c)
    {
        if (char.IsAsciiLetterOrDigit(c) || c is '-')
        {
            Append(c);
            return;
        }

        _tagName = _name.ToString();
        _state = c == '>' ? Close() : char.IsWhiteSpace(c) || c == '/' ? State.BeforeAttribute : State.Outside;
    }

    void InAttributes(char c)
    {
        if (c == '>')
        {
            _state = Close();
        }
        else if (c == '<')
        {
            _state = State.Opened;
        }
        else if (c == '=' && _state is State.Attribute or State.AfterAttribute)
        {
            _state = State.BeforeValue;
        }
        else if (char.IsWhiteSpace(c) || c == '/')
        {
            _state = _state is State.Attribute or State.AfterAttribute ? State.AfterAttribute : State.BeforeAttribute;
        }
        else
        {
            if (_state != State.Attribute)
            {
                _name.Clear();
                _state = State.Attribute;
            }

            Append(c);
        }
    }

    (bool IsFetched, char Quote, bool First)? BeforeValue(char c)
    {
        if (char.IsWhiteSpace(c))
        {
            return null;
        }

        if (c == '>')
        {
            _state = Close();
            return null;
        }

        var name = _name.ToString();
        var isFetched = s_fetched.Contains(name) || name.StartsWith("on", StringComparison.Ordinal) || name.StartsWith("data-", StringComparison.Ordinal)
            || (name == "href" && _tagName is not ("a" or "area"));
        var quote = c is '"' or '\'' ? c : '\0';
        if (!isFetched && name is not ("href" or "cite"))
        {
            LeaveValueOpen(quote);
            return null;
        }

        _state = State.AfterValue;
        return (isFetched, quote, quote == 0);
    }

    State Close()
    {
        _active = _tagName is "script" or "style" ? _tagName : _tagName == "/" + _active ? string.Empty : _active;
        return State.Outside;
    }

    void Append(char c)
    {
        if (_name.Length < LongestName)
        {
            _name.Append(char.ToLowerInvariant(c));
        }
    }
}
