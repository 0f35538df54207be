namespace Amnion.Guard.Text;

/// <summary>A text made ready for matching: its plain view and what else could be read out of it.</summary>
public sealed class NormalizedText
{
    internal NormalizedText(string source, HiddenCharacters hidden, IReadOnlyList<TextView> views, bool truncated)
    {
        Source = source;
        Hidden = hidden;
        Views = views;
        IsTruncated = truncated;
    }

    /// <summary>The text as it came.</summary>
    public string Source { get; }

    /// <summary>The text itself, folded.</summary>
    public TextView Plain => Views[0];

    /// <summary>Every view, the plain one first. A decoded view holds what was decoded, not its surroundings, save where characters or words were mended in place.</summary>
    public IReadOnlyList<TextView> Views { get; }

    /// <summary>What the text hides from the eye.</summary>
    public HiddenCharacters Hidden { get; }

    /// <summary>Whether the limits cut views short. The plain view is always whole.</summary>
    public bool IsTruncated { get; }
}
