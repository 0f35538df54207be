namespace Amnion.Cli.EndorsementCollection;

/// <summary>How an endorsement was had.</summary>
enum CollectedState
{
    /// <summary>From its source, just now.</summary>
    Fetched,

    /// <summary>From the cache, recent enough.</summary>
    Cached,

    /// <summary>From the cache, older than one would take if the source could be asked.</summary>
    Stale,

    /// <summary>Not in the cache, and no connection may be opened.</summary>
    Missing,

    /// <summary>The source was asked in vain.</summary>
    Failed,
}
