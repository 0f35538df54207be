using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>A conversation as it came, for engines that turn it into a prompt themselves. Limits are in <see cref="RequestLimits"/>.</summary>
public sealed record Conversation
{
    /// <summary>What was said so far, in order.</summary>
    public required ImmutableArray<ConversationTurn> Turns { get; init; }

    /// <summary>Tools that the model is offered.</summary>
    public ImmutableArray<OfferedTool> Tools { get; init; } = [];

    /// <summary>Whether it may, must or must not call them.</summary>
    public ToolDemand Demand { get; init; }

    /// <summary>The tool it must call, for <see cref="ToolDemand.Named"/>.</summary>
    public string? DemandedTool { get; init; }

    /// <summary>False where it should call one tool at most.</summary>
    public bool ParallelCalls { get; init; } = true;

    /// <summary>True where the answer must be JSON.</summary>
    public bool Json { get; init; }

    /// <summary>The JSON Schema that the answer must follow, as JSON text; null for any object.</summary>
    public string? JsonSchema { get; init; }

    /// <summary>Never what was said.</summary>
    public override string ToString() => $"Conversation {{ {(Turns.IsDefault ? 0 : Turns.Length)} turns }}";
}
