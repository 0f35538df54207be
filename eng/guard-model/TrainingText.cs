namespace Amnion.GuardTraining;

/// <summary>A text to learn from.</summary>
/// <param name="Text">The text.</param>
/// <param name="Attack">Whether it is one.</param>
/// <param name="Document">Whether it came as a document or tool result, not as a prompt.</param>
/// <param name="Source">The file or generator it is from; validation leaves out whole sources.</param>
/// <param name="Weight">How much it counts.</param>
public sealed record TrainingText(string Text, bool Attack, bool Document, string Source, float Weight = 1);
