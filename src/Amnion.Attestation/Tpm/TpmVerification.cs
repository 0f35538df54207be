using System.Collections.Immutable;

namespace Amnion.Attestation.Tpm;

/// <summary>What to verify quotes against.</summary>
public sealed record TpmVerification
{
    /// <summary>
    /// SHA-256 of SubjectPublicKeyInfo: of roots that may end the attestation key's chain, or of attestation keys that the relying party enrolled itself.
    /// Empty leaves provenance unchecked, which rejects unless <see cref="MaySkip"/> says otherwise.
    /// </summary>
    public required ImmutableArray<Measurement> Anchors { get; init; }

    /// <summary>The time at which every certificate must be valid. A quote states no time of its own.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// Registers that the quote must cover, no more and no fewer; null accepts any selection but an empty one. With
    /// <see cref="AllowFurtherRegisters"/> more may be covered.
    /// </summary>
    public ImmutableSortedSet<int>? Registers { get; init; }

    /// <summary>Whether a quote may cover registers beyond <see cref="Registers"/>. Their values are authentic all the same.</summary>
    public bool AllowFurtherRegisters { get; init; }

    /// <summary>The qualifying data that the quote must carry, byte for byte; null leaves the comparison to the caller.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>Accepts SHA-1 in banks and signatures, whose collisions can be bought. For old evidence only.</summary>
    public bool DangerousAllowSha1 { get; init; }

    /// <summary>Further certificates, DER, in any order.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>DER revocation lists, each used for the certificates whose issuer it names.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }

    /// <summary>Codes of checks that may go unmade.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];
}
