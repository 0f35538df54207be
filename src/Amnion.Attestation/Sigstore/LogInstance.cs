using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>A transparency log of the trusted root, for certificates or for signatures.</summary>
sealed record LogInstance
{
    /// <summary>The log's name in checkpoints: host and port of its address.</summary>
    public required string Name { get; init; }

    /// <summary>The log's identifier: for RFC 6962 logs and Rekor v1 SHA-256 of the key, for Rekor v2 the note key's hash.</summary>
    public required ReadOnlyMemory<byte> KeyId { get; init; }

    /// <summary>SubjectPublicKeyInfo, or whatever else the key details say.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The algorithm by its name in Sigstore's registry, for example "PKIX_ECDSA_P256_SHA_256".</summary>
    public required string KeyDetails { get; init; }

    public required ValidityPeriod ValidFor { get; init; }

    /// <summary>
    /// What the log signs with; null for algorithms that this build cannot verify. The class library has no Ed25519, and no
    /// primitives are written here. Keys without their algorithm (PKCS#1) are of logs that ended in 2022.
    /// </summary>
    public SignatureAlgorithm? Algorithm => KeyDetails switch
    {
        "PKIX_ECDSA_P256_SHA_256" => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
        "PKIX_ECDSA_P384_SHA_384" => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
        "PKIX_ECDSA_P521_SHA_512" => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
        "PKIX_RSA_PKCS1V15_2048_SHA256" or "PKIX_RSA_PKCS1V15_3072_SHA256" or "PKIX_RSA_PKCS1V15_4096_SHA256" => new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
        _ => null,
    };

    /// <summary>The key, or null where it does not load or is not of the algorithm named.</summary>
    public PublicKey? LoadKey() => KeyCarrier.Key(Key) is { } key && key.Kind == Kind ? key : null;

    KeyKind? Kind => KeyDetails switch
    {
        "PKIX_ECDSA_P256_SHA_256" => KeyKind.P256,
        "PKIX_ECDSA_P384_SHA_384" => KeyKind.P384,
        "PKIX_ECDSA_P521_SHA_512" => KeyKind.P521,
        _ when KeyDetails.StartsWith("PKIX_RSA_", StringComparison.Ordinal) => KeyKind.Rsa,
        _ => null,
    };
}
