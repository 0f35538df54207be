using System.Collections.Immutable;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>One need and what came of it.</summary>
sealed record CollectedEndorsement(EndorsementNeed Need, CollectedState State)
{
    /// <summary>Where the content lies: the answer, and the chain that came with it.</summary>
    public ImmutableArray<CachedEndorsement> Files { get; init; } = [];

    /// <summary>Why it is missing, failed or stale, or what was wrong with the cache; null where nothing was.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>True where the content is there.</summary>
    public bool Had => State is CollectedState.Fetched or CollectedState.Cached or CollectedState.Stale;
}
