using System.Collections.Immutable;

namespace Amnion.Guard.Pipeline;

/// <summary>What became of a request.</summary>
/// <param name="Texts">The texts for the engine, in the order in which they came; empty where the request is refused.</param>
/// <param name="Findings">What was found in each text, in its places as it came.</param>
/// <param name="RefusedBy">The code for which the request is refused, or null.</param>
public sealed record GuardVerdict(ImmutableArray<string> Texts, ImmutableArray<ImmutableArray<GuardFinding>> Findings, string? RefusedBy)
{
    /// <summary>What the system message must say about documents and tool results that were set apart; null where none was.</summary>
    public string? Instruction { get; init; }
}
