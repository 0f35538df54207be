namespace Amnion.Models.Chat;

/// <summary>A tool that the model may call, as in OpenAI's "tools".</summary>
/// <param name="Name">1 to 64 letters, digits, '_' and '-'.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="ParametersJson">JSON Schema of its arguments, or null.</param>
public sealed record ChatTool(string Name, string? Description, string? ParametersJson);
