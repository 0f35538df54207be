using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>The signer's key with the algorithms that Sigstore's registry pairs with it, so that a signature cannot choose its own.</summary>
sealed class SigningKey
{
    readonly PublicKey _key;

    SigningKey(PublicKey key) => _key = key;

    /// <summary>Signers before 2024 hashed with SHA-256 whatever the curve (registry: PKIX_ECDSA_P384_SHA_256, deprecated); their bundles live on.</summary>
    SignatureAlgorithm[] Algorithms => _key.Kind switch
    {
        KeyKind.P256 => [new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256)],
        KeyKind.P384 => [new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256)],
        KeyKind.P521 => [new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA512), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256)],
        _ => [new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256)],
    };

    /// <summary>Loads the key of a certificate; null for algorithms that this build cannot verify.</summary>
    public static SigningKey? From(Certificate certificate) => certificate.Key is { } key ? new SigningKey(key) : null;

    /// <summary>Loads a SubjectPublicKeyInfo; null as <see cref="From"/>.</summary>
    public static SigningKey? FromSubjectPublicKeyInfo(ReadOnlyMemory<byte> info) => KeyCarrier.Key(info) is { } key ? new SigningKey(key) : null;

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature)
    {
        foreach (var algorithm in Algorithms)
        {
            if (_key.Verify(data, signature, algorithm))
            {
                return true;
            }
        }

        return false;
    }
}
