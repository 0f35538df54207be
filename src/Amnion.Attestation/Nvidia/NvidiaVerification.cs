using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>What a report is verified against. Nothing is fetched.</summary>
public sealed record NvidiaVerification
{
    /// <summary>Roots of device chains.</summary>
    public ImmutableArray<TrustAnchor> DeviceAnchors { get; init; } = [NvidiaRoots.Device];

    /// <summary>Roots of manifests' chains.</summary>
    public ImmutableArray<TrustAnchor> RimAnchors { get; init; } = [NvidiaRoots.Rim];

    /// <summary>The time to verify at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How far an OCSP responder's clock may run ahead.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>The nonce that the report must carry, 32 bytes; empty where the caller compares it by other means.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Manifests, revocation lists and OCSP responses.</summary>
    public Endorsements Endorsements { get; init; } = new();

    /// <summary>Nonce of the OCSP requests; empty where none was sent or kept.</summary>
    public ReadOnlyMemory<byte> OcspNonce { get; init; }

    /// <summary>Whether OCSP answers with another nonce are taken, as a shared cache of answers needs.</summary>
    public bool AllowOtherOcspNonce { get; init; }

    /// <summary>Certificates the relying party revoked itself.</summary>
    public ImmutableHashSet<CertificateId> Revoked { get; init; } = [];

    /// <summary>Accepts devices that are, or may be, in debug mode. For development only.</summary>
    public bool DangerousAllowDebug { get; init; }

    /// <summary>Codes of checks that may go unmade.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];

    /// <summary>Remembers what was read and verified before and cannot change; null does everything again.</summary>
    public AppraisalCache? Cache { get; init; }
}
