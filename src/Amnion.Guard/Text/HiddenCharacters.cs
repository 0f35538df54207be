namespace Amnion.Guard.Text;

/// <summary>How many invisible or abused characters a text holds that no script, emoji or layout needs. Emoji sequences, subdivision flags, Persian and Indic joiners and the marks of right-to-left text are not counted.</summary>
public sealed record HiddenCharacters
{
    /// <summary>Characters of the tag block outside a flag.</summary>
    public int Tags { get; init; }

    /// <summary>Variation selectors in a row, or after a letter that has no variants.</summary>
    public int Selectors { get; init; }

    /// <summary>Zero-width characters next to Latin, Greek or Cyrillic letters.</summary>
    public int ZeroWidth { get; init; }

    /// <summary>Bidirectional embeddings, overrides and isolates in a text without right-to-left letters.</summary>
    public int Bidi { get; init; }

    /// <summary>Combining marks beyond three on one letter.</summary>
    public int Marks { get; init; }

    /// <summary>From the first to the last of them; empty where there are none.</summary>
    public TextSpan Span { get; init; }

    /// <summary>All together.</summary>
    public int Total => Tags + Selectors + ZeroWidth + Bidi + Marks;
}
