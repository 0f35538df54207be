namespace Amnion.Inference;

/// <summary>A tool that the model may call.</summary>
/// <param name="Name">1 to 64 letters, digits, '_' and '-'.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="ParametersJson">JSON Schema of its arguments as JSON text, or null.</param>
public sealed record OfferedTool(string Name, string? Description, string? ParametersJson)
{
    /// <summary>Never what the caller wrote.</summary>
    public override string ToString() => "OfferedTool";
}
