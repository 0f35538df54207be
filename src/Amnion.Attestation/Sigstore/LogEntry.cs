namespace Amnion.Attestation.Sigstore;

/// <summary>An entry of a signature log as the bundle carries it: TransparencyLogEntry of sigstore_rekor.proto.</summary>
sealed record LogEntry
{
    /// <summary>The entry's number over all of the log's trees; the proof has its own, within its tree.</summary>
    public required long LogIndex { get; init; }

    public required ReadOnlyMemory<byte> LogId { get; init; }

    public required string Kind { get; init; }

    public required string Version { get; init; }

    /// <summary>Seconds since 1970; null where the log gives no time (Rekor v2). Signed by nothing but <see cref="Promise"/>.</summary>
    public required long? IntegratedTime { get; init; }

    /// <summary>The signed entry timestamp; null where absent.</summary>
    public required ReadOnlyMemory<byte>? Promise { get; init; }

    public required InclusionProof? Proof { get; init; }

    /// <summary>What the log holds: canonical JSON.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
