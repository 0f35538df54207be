using System.Collections.Immutable;

namespace Amnion.Attestation.Composite;

/// <summary>What to verify Evidence of an Azure confidential VM against.</summary>
public sealed record AzureVerification
{
    /// <summary>Roots of the hardware's chain: AMD's or Intel's.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    /// <summary>The time at which certificates, lists and collateral must be valid.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Certificates, lists and collateral besides what the Evidence brings.</summary>
    public Endorsements Endorsements { get; init; } = new();

    /// <summary>The qualifying data that the virtual TPM's quote must carry, byte for byte; null leaves the comparison to the caller.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>Registers that the quote must cover; null demands all 24, which is what the guest components send.</summary>
    public ImmutableSortedSet<int>? Registers { get; init; }

    /// <summary>Codes of checks that may go unmade.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
