using System.Security.Cryptography;

namespace Amnion.Attestation.Certificates;

/// <summary>The answer about one certificate: RFC 6960 §4.2.1.</summary>
sealed record OcspSingleResponse
{
    /// <summary>certificateHold, RFC 5280 §5.3.1: revoked for now.</summary>
    public const int CertificateHold = 6;

    /// <summary>Hash of the CertID; null for one that is not accepted here (SHA-1 among them).</summary>
    public required HashAlgorithmName? Hash { get; init; }

    public required ReadOnlyMemory<byte> IssuerNameHash { get; init; }

    public required ReadOnlyMemory<byte> IssuerKeyHash { get; init; }

    /// <summary>Content octets of the serial number.</summary>
    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    public required OcspCertificateStatus Status { get; init; }

    /// <summary>Where revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>CRLReason, where revoked and stated.</summary>
    public int? Reason { get; init; }

    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>Null where absent: newer answers are always to be had, which an offline verifier cannot use.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    public bool HasCriticalExtension { get; init; }

    /// <summary>True where the answer is about certificates of this issuer: hash of its name and of the bits of its key.</summary>
    public bool IsOf(Certificate issuer) => Hash is { } hash
        && CryptographicOperations.HashData(hash, issuer.Subject.Span).AsSpan().SequenceEqual(IssuerNameHash.Span)
        && CryptographicOperations.HashData(hash, issuer.PublicKeyBits.Span).AsSpan().SequenceEqual(IssuerKeyHash.Span);

    /// <summary>True where the answer is about this certificate of this issuer.</summary>
    public bool IsAbout(Certificate certificate, Certificate issuer) => certificate.SerialNumber.Span.SequenceEqual(SerialNumber.Span) && IsOf(issuer);
}
