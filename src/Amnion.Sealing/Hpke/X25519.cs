using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>X25519 (RFC 7748 §5) on OpenSSL 3. The BCL has none; where OpenSSL is absent the suite is not offered.</summary>
sealed class X25519 : DhGroup
{
    public const int KeyLength = 32;

    X25519()
        : base(HpkeKem.X25519, HashAlgorithmName.SHA256, KeyLength, KeyLength, KeyLength, SHA256.HashSizeInBytes)
    {
    }

    public static X25519 Instance { get; } = new();

    public static bool IsSupported { get; } = LibCrypto.IsAvailable();

    public override DhPrivateKey Generate()
    {
        // Any 32 bytes are a private key: the function clamps them itself.
        Span<byte> scalar = stackalloc byte[KeyLength];
        RandomNumberGenerator.Fill(scalar);
        try
        {
            return Import(scalar);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public override DhPrivateKey Import(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyLength)
        {
            throw new HpkeKeyFormatException("SerializePrivateKey", $"{privateKey.Length} bytes; expected {KeyLength}.");
        }

        var key = LibCrypto.ImportPrivate(privateKey);
        return new X25519Key(key, LibCrypto.ExportPublic(key));
    }

    public override DhPrivateKey Derive(ReadOnlySpan<byte> inputKey)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[SharedSecretLength];
        Span<byte> scalar = stackalloc byte[KeyLength];
        try
        {
            Kdf.Extract([], "dkp_prk"u8, inputKey, pseudoRandomKey);
            Kdf.Expand(pseudoRandomKey, "sk"u8, [], scalar);
            return Import(scalar);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pseudoRandomKey);
            CryptographicOperations.ZeroMemory(scalar);
        }
    }
}
