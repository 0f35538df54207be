using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation;

/// <summary>A root that may end a chain, named by digests so that no certificate store is involved. RFC 5280 §6.1.1 (d).</summary>
public sealed record TrustAnchor
{
    /// <summary>SHA-256 of the root's SubjectPublicKeyInfo, DER: what policies name.</summary>
    public required Measurement KeyDigest { get; init; }

    /// <summary>SHA-256 of the whole root certificate, DER; null accepts any self-signed certificate of that key.</summary>
    public Measurement? CertificateDigest { get; init; }

    /// <summary>Pins both the key and the certificate.</summary>
    /// <exception cref="CertificateFormatException">Not one strict DER certificate.</exception>
    public static TrustAnchor FromCertificate(ReadOnlySpan<byte> der) => new()
    {
        KeyDigest = Certificate.Parse(der.ToArray()).KeyDigest,
        CertificateDigest = new Measurement(SHA256.HashData(der)),
    };
}
