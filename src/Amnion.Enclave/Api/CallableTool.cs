using System.Text.Json;
using Amnion.Inference;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>A tool the caller offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="Parameters">JSON Schema of its arguments, or null.</param>
sealed record CallableTool(string Name, string? Description, JsonElement? Parameters)
{
    /// <summary>As chat templates show it to the model.</summary>
    public ChatTool ForTemplate() => new(Name, Description, Parameters?.GetRawText());

    /// <summary>As grammars hold the model to it.</summary>
    public ToolSchema ForGrammar() => new(Name, Parameters);
}
