using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>A Diffie-Hellman group as DHKEM uses it (RFC 9180 §4.1 and table 2).</summary>
abstract class DhGroup(HpkeKem kem, HashAlgorithmName hash, int privateKeyLength, int publicKeyLength, int agreementLength, int sharedSecretLength)
{
    readonly LabeledKdf _kdf = new(hash, HpkeAlgorithms.SuiteId(kem));

    public HpkeKem Kem => kem;

    /// <summary>Nsk.</summary>
    public int PrivateKeyLength => privateKeyLength;

    /// <summary>Npk, and Nenc: the encapsulated key is a public key.</summary>
    public int PublicKeyLength => publicKeyLength;

    /// <summary>Ndh.</summary>
    public int AgreementLength => agreementLength;

    /// <summary>Nsecret.</summary>
    public int SharedSecretLength => sharedSecretLength;

    protected LabeledKdf Kdf => _kdf;

    /// <summary>The group, or null where this platform or this library does not offer it.</summary>
    public static DhGroup? Find(HpkeKem kem) => kem switch
    {
        HpkeKem.P256 => NistCurve.P256,
        HpkeKem.P384 => NistCurve.P384,
        HpkeKem.P521 => NistCurve.P521,
        HpkeKem.X25519 => X25519.IsSupported ? X25519.Instance : null,
        _ => null,
    };

    public static DhGroup Require(HpkeKem kem) => Find(kem) ?? throw HpkeAlgorithms.Unsupported("KEM", (int)kem);

    public abstract DhPrivateKey Generate();

    /// <summary>Imports exactly <see cref="PrivateKeyLength"/> bytes.</summary>
    /// <exception cref="HpkeKeyFormatException">The bytes are not a private key of this group.</exception>
    public abstract DhPrivateKey Import(ReadOnlySpan<byte> privateKey);

    /// <summary>DeriveKeyPair (RFC 9180 §7.1.3).</summary>
    public abstract DhPrivateKey Derive(ReadOnlySpan<byte> inputKey);

    /// <summary>ExtractAndExpand (RFC 9180 §4.1).</summary>
    public void DeriveSharedSecret(ReadOnlySpan<byte> agreement, ReadOnlySpan<byte> kemContext, Span<byte> sharedSecret)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[sharedSecretLength];
        _kdf.Extract([], "eae_prk"u8, agreement, pseudoRandomKey);
        _kdf.Expand(pseudoRandomKey, "shared_secret"u8, kemContext, sharedSecret);
        CryptographicOperations.ZeroMemory(pseudoRandomKey);
    }
}
