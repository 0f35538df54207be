using System.Collections.Immutable;

namespace Amnion.Attestation.Certificates;

/// <summary>What OCSP responses are verified against.</summary>
sealed record OcspContext
{
    public required DateTimeOffset At { get; init; }

    /// <summary>How far the responder's clock may run ahead.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>The requester's nonce; empty where it sent none or keeps none.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Whether an answer with another nonce is taken: one that somebody else asked for, within its time.</summary>
    public bool AllowsOtherNonce { get; init; }

    /// <summary>Certificates the relying party revoked itself; a delegated responder on this list is none.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Accepted keys and signatures.</summary>
    public required ChainProfile Profile { get; init; }
}
