namespace Amnion.Guard.Tokens;

/// <summary>How a list of values is tokenised, or restored.</summary>
public sealed record TokenLinesOptions
{
    /// <summary>What kind of values they are.</summary>
    public required string Field { get; init; }

    /// <summary>What else format-preserving tokens belong to; may be empty.</summary>
    public string Context { get; init; } = "";

    /// <summary>What the values look like; null makes deterministic tokens instead of format-preserving ones.</summary>
    public TokenShape? Shape { get; init; }

    /// <summary>Whether the lines are tokens to restore.</summary>
    public bool Restore { get; init; }
}
