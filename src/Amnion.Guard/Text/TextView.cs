namespace Amnion.Guard.Text;

/// <summary>One reading of a text, folded for matching, whose every character knows where in the text it comes from.</summary>
public sealed class TextView
{
    readonly MappedText _mapped;

    internal TextView(TextViewKind kind, int depth, MappedText folded)
    {
        Kind = kind;
        Depth = depth;
        _mapped = folded;
    }

    /// <summary>How it was read.</summary>
    public TextViewKind Kind { get; }

    /// <summary>How many decoders stand between the text and it: 0 for <see cref="TextViewKind.Plain"/>.</summary>
    public int Depth { get; }

    /// <summary>The reading: lower case, look-alikes folded to ASCII, white space as it was, no invisible characters.</summary>
    public string Text => _mapped.Text;

    /// <summary>Where in the original text a piece of this view stands, in UTF-16 code units. A decoded character maps to the characters it was decoded from; an empty span maps to an empty one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span lies outside <see cref="Text"/>.</exception>
    public TextSpan ToSource(TextSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(span.Start);
        ArgumentOutOfRangeException.ThrowIfNegative(span.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(span.End, Text.Length);
        return _mapped.ToSource(span);
    }
}
