namespace Amnion.Attestation.Sigstore;

/// <summary>What the relying party knows at the moment of verification.</summary>
public sealed record SigstoreContext
{
    /// <summary>The relying party's time. No proven time may lie after it; certificates are judged at the proven times, as they live ten minutes.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far the log's or timestamp authority's clock may be ahead.</summary>
    public TimeSpan ClockSkew { get; init; } = AppraisalPolicy.DefaultClockSkew;

    /// <summary>The signed artifact: needed for bundles that hold a bare signature, and the subject of a statement where the policy names no digest.</summary>
    public ReadOnlyMemory<byte>? Artifact { get; init; }
}
