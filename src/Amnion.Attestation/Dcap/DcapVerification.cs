using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap;

/// <summary>What to verify a quote against.</summary>
public sealed record DcapVerification
{
    /// <summary>The roots accepted, usually <see cref="DcapRoots.IntelSgxRootCa"/> alone.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    /// <summary>The time at which certificates, revocation lists and collateral must be valid.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>TCB info, identity of the quoting enclave, TCB signing certificates, lists of root and PCK CA, and PCK certificates for quotes without.</summary>
    public Endorsements Endorsements { get; init; } = new();

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Codes of checks that may go unmade.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
