namespace Amnion.Models.Chat;

/// <summary>A tool call by the model.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="ArgumentsJson">Its arguments as JSON text.</param>
public sealed record ChatToolCall(string Name, string ArgumentsJson)
{
    /// <summary>What the caller calls it, or null. Templates have no place for it.</summary>
    public string? Id { get; init; }
}
