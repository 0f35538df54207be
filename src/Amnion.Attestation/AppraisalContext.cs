using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>What one appraisal needs besides Evidence and policy. Everything is passed in: the library has no clock and no store.</summary>
public sealed record AppraisalContext
{
    /// <summary>
    /// The relying party's own single-use nonce, 16 to 64 bytes. A live appraisal rejects without it; an audit compares it only
    /// where it is given.
    /// </summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The exact value the Evidence must bind (64 bytes in Amnion's own protocols); null where the caller binds by other means.</summary>
    public ReadOnlyMemory<byte>? ExpectedUserData { get; init; }

    /// <summary>The relying party's time; in an audit of a format that states no time, the time to verify at.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Audit mode: verify at the time the document itself states, where it states one, which skips freshness.</summary>
    public bool AtDocumentTime { get; init; }

    /// <summary>In an audit, the time to verify at instead of the one that the document states; null takes the document's.</summary>
    public DateTimeOffset? AuditTime { get; init; }

    /// <summary>DER of the root certificate, for callers that keep it. It must carry the policy's trust anchor and equal the document's root.</summary>
    public ReadOnlyMemory<byte>? AnchorCertificate { get; init; }

    /// <summary>Certificates, revocation lists and manufacturers' statements to appraise with.</summary>
    public Endorsements Endorsements { get; init; } = new();

    /// <summary>The attester's event log, at most 16 MiB, to be replayed into the registers that the Evidence signs; null where there is none.</summary>
    public ReadOnlyMemory<byte>? EventLog { get; init; }

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
