namespace Amnion.Inference;

/// <summary>A tool call that an earlier answer of the model asked for.</summary>
/// <param name="Id">Its name within the conversation: letters and digits, 64 at most.</param>
/// <param name="Name">The tool.</param>
/// <param name="ArgumentsJson">Its arguments as JSON text.</param>
public sealed record RequestedCall(string Id, string Name, string ArgumentsJson)
{
    /// <summary>Never the arguments.</summary>
    public override string ToString() => "RequestedCall";
}
