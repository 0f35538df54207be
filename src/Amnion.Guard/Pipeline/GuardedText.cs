namespace Amnion.Guard.Pipeline;

/// <summary>One text of a conversation and who wrote it.</summary>
public readonly record struct GuardedText(GuardChannel Channel, string Text)
{
    /// <summary>True for what the model is said to have written earlier: checked like its channel, but never taken for the user's own words, since it may repeat a document.</summary>
    public bool FromModel { get; init; }
}
