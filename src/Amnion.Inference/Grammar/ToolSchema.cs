using System.Text.Json;

namespace Amnion.Inference;

/// <summary>A tool that a model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The JSON schema of its arguments, an object's; null for any object.</param>
public sealed record ToolSchema(string Name, JsonElement? Parameters);
