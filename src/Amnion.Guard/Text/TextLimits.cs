namespace Amnion.Guard.Text;

/// <summary>How much work the normaliser does at most. Time and memory stay linear in the text for any limits.</summary>
public sealed record TextLimits
{
    /// <summary>The defaults.</summary>
    public static TextLimits Default { get; } = new();

    /// <summary>How many decoders may follow one another: base64 in base64 in base64 is found, a fourth layer is not.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>How many views there are at most, the plain one included.</summary>
    public int Views { get; init; } = 48;

    /// <summary>How many characters all views but the plain one hold together at most: this many times the text's length, and <see cref="ExtraCharacters"/> more.</summary>
    public int Expansion { get; init; } = 4;

    /// <summary>See <see cref="Expansion"/>.</summary>
    public int ExtraCharacters { get; init; } = 65536;
}
