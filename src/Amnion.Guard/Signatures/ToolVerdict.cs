using System.Collections.Immutable;

namespace Amnion.Guard.Signatures;

/// <summary>The answer about a proposed tool call.</summary>
/// <param name="Decision">What happens to it.</param>
/// <param name="Reasons">Every reason, none where it is allowed. A span is in the arguments as they came.</param>
public sealed record ToolVerdict(ToolDecision Decision, ImmutableArray<GuardFinding> Reasons);
