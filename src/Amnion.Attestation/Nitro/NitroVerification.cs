using System.Collections.Immutable;

namespace Amnion.Attestation.Nitro;

/// <summary>What to verify a document against.</summary>
public sealed record NitroVerification
{
    /// <summary>The only root accepted.</summary>
    public required TrustAnchor Anchor { get; init; }

    /// <summary>The time at which every certificate must be valid and the document must not lie in the future.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How far the document's time may lie after <see cref="At"/>.</summary>
    public TimeSpan ClockSkew { get; init; } = AppraisalPolicy.DefaultClockSkew;

    /// <summary>DER revocation lists, each used for the certificates whose issuer it names. AWS's own process uses none (§3.2.4).</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
