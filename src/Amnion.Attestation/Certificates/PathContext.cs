using System.Collections.Immutable;

namespace Amnion.Attestation.Certificates;

/// <summary>What a path is verified against.</summary>
sealed record PathContext
{
    /// <summary>Roots accepted; the path must begin with one of them.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    public required DateTimeOffset At { get; init; }

    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    public AppraisalCache? Cache { get; init; }

    /// <summary>The policy's trust anchors and the appraisal's lists, revocations, cache and time.</summary>
    public static PathContext From(AppraisalPolicy policy, AppraisalContext context) => new()
    {
        Anchors = [.. policy.FurtherTrustAnchors.Prepend(policy.TrustAnchor).Select(key => new TrustAnchor { KeyDigest = key })],
        At = context.Now,
        RevocationLists = context.Endorsements.RevocationLists,
        Revoked = context.Revoked,
        Cache = context.Cache,
    };
}
