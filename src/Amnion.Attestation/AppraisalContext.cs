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

    /// <summary>The relying party's time. Not used for an audit.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Audit mode: verify at the time the document itself states, which skips freshness.</summary>
    public bool AtDocumentTime { get; init; }

    /// <summary>DER of the root certificate, for callers that keep it. It must carry the policy's trust anchor and equal the document's root.</summary>
    public ReadOnlyMemory<byte>? AnchorCertificate { get; init; }

    /// <summary>DER revocation lists; each is used for the certificates whose issuer it names.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Remembers certificate signatures that were verified before; null verifies all of them again.</summary>
    public VerifiedSignatureCache? Cache { get; init; }
}
