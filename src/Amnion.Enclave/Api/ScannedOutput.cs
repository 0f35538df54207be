namespace Amnion.Enclave.Api;

/// <summary>A piece of a model's output: text, or (where a tool is named) one whole tool call.</summary>
/// <param name="Text">The text; empty for a call.</param>
/// <param name="ToolName">The called tool, or null.</param>
/// <param name="Arguments">The call's arguments as JSON text.</param>
readonly record struct ScannedOutput(string Text, string? ToolName = null, string? Arguments = null);
