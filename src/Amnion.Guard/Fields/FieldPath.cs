using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Amnion.Guard.Fields;

/// <summary>The way from the root of a document to a value, with the rules that may still apply on it.</summary>
sealed class FieldPath
{
    readonly FieldPath? _parent;
    readonly string? _name;
    readonly int _index;
    readonly int _depth;
    readonly List<FieldRule> _candidates = [];

    /// <summary>The root's path.</summary>
    public FieldPath(FieldPolicy policy)
    {
        _candidates.AddRange(policy.Rules);
        Action = policy.Otherwise;
        Settle();
    }

    FieldPath(FieldPath parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
        _depth = parent._depth + 1;
        Action = parent.Action;
        foreach (var rule in CollectionsMarshal.AsSpan(parent._candidates))
        {
            var segments = rule.Pointer.Segments;
            if (segments.Length >= _depth && (name is null ? FieldPointer.MatchesElement(segments[_depth - 1], index) : FieldPointer.MatchesMember(segments[_depth - 1], name)))
            {
                _candidates.Add(rule);
            }
        }

        Settle();
    }

    /// <summary>What is done to the value: its own rule's action, or that of the nearest value above that has one, or the policy's.</summary>
    public FieldAction Action { get; private set; }

    /// <summary>The rule for exactly this place, or null.</summary>
    public FieldRule? Rule { get; private set; }

    /// <summary>Whether the value is replaced as a whole.</summary>
    public bool IsReplaced => Action is FieldAction.Encrypt or FieldAction.EncryptDeterministic or FieldAction.Tokenize;

    /// <summary>The path of a child. Where no rule can apply below, the children share one path.</summary>
    public FieldPath Child(FieldNode parent, int index)
    {
        if (_candidates.Exists(rule => rule.Pointer.Segments.Length > _depth))
        {
            return new FieldPath(this, parent.Kind == JsonTokenType.StartArray ? null : parent.Children[index].Name, index);
        }

        return this;
    }

    /// <summary>The pointer to this place, without wildcards. Only places that a rule names are asked for, so its length is bounded by the rule's.</summary>
    public override string ToString() =>
        _parent is null ? "" : FieldPointer.Append(_parent.ToString(), _name ?? _index.ToString(CultureInfo.InvariantCulture));

    void Settle()
    {
        Rule = _candidates.Find(rule => rule.Pointer.Segments.Length == _depth);
        Action = Rule?.Action ?? Action;
    }
}
