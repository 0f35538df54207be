namespace Amnion.Cli.EndorsementCollection;

/// <summary>A line of the cache's index.</summary>
/// <param name="Key">What was asked for: <see cref="EndorsementNeed.Key"/>.</param>
/// <param name="Source">The address that answered.</param>
/// <param name="Digest">SHA-256 of the content, lower-case hexadecimal; the file is named after it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="FetchedAt">When, to the millisecond.</param>
sealed record CacheEntry(string Key, string Source, string Digest, long Length, DateTimeOffset FetchedAt);
