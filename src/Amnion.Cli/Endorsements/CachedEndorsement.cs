namespace Amnion.Cli.EndorsementCollection;

/// <summary>A file of the cache whose content is what the index says.</summary>
sealed record CachedEndorsement(string Source, string Path, string Digest, DateTimeOffset FetchedAt, ReadOnlyMemory<byte> Content);
