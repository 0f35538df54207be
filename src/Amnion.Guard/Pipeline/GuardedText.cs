namespace Amnion.Guard.Pipeline;

/// <summary>One text of a conversation and who wrote it.</summary>
public readonly record struct GuardedText(GuardChannel Channel, string Text);
