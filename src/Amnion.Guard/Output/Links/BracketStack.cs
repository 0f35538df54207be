using System.Text;

namespace Amnion.Guard.Output.Links;

/// <summary>Follows the brackets of Markdown: which open an image, where a destination or a definition begins, and which image references name a definition outside the allow-list.</summary>
sealed class BracketStack
{
    const int Deepest = 32;
    const int LongestLabel = 100;
    const int MostDefinitions = 64;

    readonly bool[] _isImage = new bool[Deepest];
    readonly StringBuilder _label = new();
    readonly HashSet<string> _outside = new(StringComparer.Ordinal);
    string _closed = string.Empty;
    string _defined = string.Empty;
    bool _isDefinedCut;

    // There are more definitions outside than are remembered, or one whose label was too long: any reference may be to one of them.
    bool _isAnyOutside;
    int _depth;
    bool _isLineStart = true;
    bool _isDefinition;
    bool _isInReference;
    int _closedAt = -1;

    /// <summary>Whether the destination that follows is an image's, or may be.</summary>
    public bool IsImage { get; private set; }

    /// <summary>Whether an image was written by reference: its definition is fetched from.</summary>
    public bool HasImageReference { get; private set; }

    /// <summary>Where a reference of an image begins that may name a definition outside; otherwise far away.</summary>
    public int HeldReference => _closedAt >= 0 && (_isAnyOutside || _outside.Count > 0) ? _closedAt : int.MaxValue;

    /// <summary>What the definition just read leads to.</summary>
    public void Define(bool isOutside)
    {
        if (isOutside && (_isDefinedCut || _outside.Count == MostDefinitions))
        {
            _isAnyOutside = true;
        }
        else if (isOutside)
        {
            _outside.Add(_defined);
        }
    }

    public void Complete(int length, AnswerHits hits)
    {
        if (_closedAt >= 0 && !_isInReference)
        {
            Resolve(_closed, length, hits);
        }
    }

    public BracketEvent Feed(char c, char before, int position, AnswerHits hits)
    {
        if (_isInReference)
        {
            InReference(c, position, hits);
            return BracketEvent.None;
        }

        if (before == ']')
        {
            if (c == '(')
            {
                _closedAt = -1;
                _isDefinition = false;
                return BracketEvent.Destination;
            }

            if (c == ':' && _isDefinition)
            {
                _closedAt = -1;
                _isDefinition = false;
                _defined = Normalised(_closed);
                _isDefinedCut = _closed.Length == LongestLabel;
                return BracketEvent.Definition;
            }

            if (_closedAt >= 0 && AfterImage(c, position, hits))
            {
                return BracketEvent.None;
            }
        }

        Follow(c, before, position);
        return BracketEvent.None;
    }

    /// <summary>After "![…]" and no parenthesis: a reference.</summary>
    bool AfterImage(char c, int position, AnswerHits hits)
    {
        HasImageReference = true;
        if (c == '[')
        {
            _isInReference = true;
            _label.Clear();
            return true;
        }

        Resolve(_closed, position, hits);
        return false;
    }

    void InReference(char c, int position, AnswerHits hits)
    {
        if (c != ']' && _label.Length < LongestLabel)
        {
            _label.Append(c);
            return;
        }

        _isInReference = false;
        Resolve(_label.Length == 0 ? _closed : _label.ToString(), position + 1, hits);
        _label.Clear();
    }

    void Resolve(string label, int end, AnswerHits hits)
    {
        HasImageReference = true;
        if (_isAnyOutside || (_outside.Count > 0 && (label.Length == LongestLabel || _outside.Contains(Normalised(label)))))
        {
            hits.Add(OutputCodes.Link, "link.fetched", _closedAt, end);
        }

        _closedAt = -1;
    }

    void Follow(char c, char before, int position)
    {
        if (before != '\\')
        {
            if (c == '[')
            {
                _isDefinition = _isLineStart && _depth == 0;
                if (_depth == Deepest)
                {
                    // What is open is no longer told apart: the worst is assumed of all.
                    Array.Fill(_isImage, true);
                }
                else
                {
                    _isImage[_depth++] = before == '!';
                }

                _label.Clear();
                _isLineStart = false;
                return;
            }

            if (c == ']')
            {
                _closed = _label.ToString();
                // Without its opening bracket the worst is assumed.
                IsImage = _depth == 0 || _isImage[_depth - 1];
                _closedAt = IsImage ? position : -1;
                _depth = Math.Max(0, _depth - 1);
                return;
            }
        }

        _isLineStart = c == '\n' || (_isLineStart && c is ' ' or '>' or '\t');
        _depth = c == '\n' && before == '\n' ? 0 : _depth;
        if (_depth > 0 && _label.Length < LongestLabel)
        {
            _label.Append(c);
        }
    }

    static string Normalised(string label) => string.Join(' ', label.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
