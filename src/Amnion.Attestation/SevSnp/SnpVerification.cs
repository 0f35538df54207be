using System.Collections.Immutable;

namespace Amnion.Attestation.SevSnp;

/// <summary>What to verify a report against.</summary>
public sealed record SnpVerification
{
    /// <summary>Roots accepted; <see cref="SnpRoots"/> has AMD's.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    /// <summary>The time at which every certificate and revocation list must be valid. A report states no time itself.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// The endorsement key's certificate (VCEK or VLEK), the ARK's revocation list, and any certificates of the chain that
    /// <see cref="SnpRoots.Certificates"/> does not have.
    /// </summary>
    public Endorsements Endorsements { get; init; } = new();

    /// <summary>Accepts a VCEK's report that names no chip because the host masks it (MASK_CHIP_ID of SNP_CONFIG). Its certificate names the chip all the same.</summary>
    public bool AllowMaskedChipId { get; init; }

    /// <summary>Codes of checks that may go unmade, for example <see cref="PathCodes.RevocationListMissing"/>.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
