using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>What authenticated Evidence says, in words that hold for every platform. RFC 9334 §4.2 (Claims).</summary>
public sealed record AttestationClaims
{
    /// <summary>The attesting environment's identifier, for Nitro the <c>module_id</c>. Printable ASCII, at most 256 characters.</summary>
    public required string AttesterId { get; init; }

    /// <summary>When the platform says it made the Evidence, to the millisecond; null for formats that carry no time, whose freshness rests on what they bind.</summary>
    public required DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Measured registers by index, for Nitro PCRs 0 to 31 (only those locked at that moment), for TDX RTMR 0 to 3. Empty for formats without registers.</summary>
    public ImmutableSortedDictionary<int, Measurement> Registers { get; init; } = ImmutableSortedDictionary<int, Measurement>.Empty;

    /// <summary>The key the attester asked to have signed, at most 1024 bytes; null where there is none.</summary>
    public ReadOnlyMemory<byte>? PublicKey { get; init; }

    /// <summary>The value the attester asked to have signed, at most 512 bytes; null where there is none.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>The relying party's challenge, at most 512 bytes; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>
    /// SHA-256 of the SubjectPublicKeyInfo of the root the chain ended in, or of an attestation key that the policy pins itself. A TPM's key for which the policy
    /// waives a voucher (AMN-TPM-0014) stands here itself.
    /// </summary>
    public required Measurement TrustAnchor { get; init; }

    /// <summary>True where the registers show a debug environment, whose memory the host can read, or name no image at all.</summary>
    public required bool Debug { get; init; }

    /// <summary>Every decoded value, authenticated, in the format's order.</summary>
    public ImmutableArray<EvidenceField> Fields { get; init; } = [];
}
