using System.Collections.Immutable;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>A conversation to answer: what chat completions and the Responses API have in common.</summary>
sealed record ChatCall
{
    public required string Model { get; init; }

    public required ImmutableArray<ChatTurn> Turns { get; init; }

    public required ImmutableArray<CallableTool> Tools { get; init; }

    public required ToolChoice ToolChoice { get; init; }

    /// <summary>False where one tool call ends the answer.</summary>
    public required bool ParallelToolCalls { get; init; }

    public required OutputFormat Format { get; init; }

    public required SamplingParameters Sampling { get; init; }

    /// <summary>The member that holds the output format, for error answers.</summary>
    public required string FormatMember { get; init; }
}
