using System.Collections.Immutable;

namespace Amnion.Cli.Conformance;

/// <summary>How one case ended.</summary>
/// <param name="Id">"tee/id".</param>
/// <param name="Expected">The manifest's outcome.</param>
/// <param name="Got">Ours.</param>
/// <param name="Codes">Codes of the checks that rejected.</param>
/// <param name="Problems">Every difference; empty where the case agrees.</param>
sealed record CaseResult(string Id, string Expected, string Got, ImmutableArray<string> Codes, ImmutableArray<string> Problems)
{
    /// <summary>What could not be compared, where the case agrees all the same.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    public bool Agrees => Problems.IsEmpty;
}
