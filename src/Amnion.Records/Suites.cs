using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>The names of sealing suites and their HPKE identifiers (RFC 9180 §7).</summary>
public static class Suites
{
    /// <summary>DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: the suite every client has.</summary>
    public const string P256Aes256Gcm = "p256-sha256-aes256gcm";

    /// <summary>DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.</summary>
    public const string P256ChaCha20Poly1305 = "p256-sha256-chacha20poly1305";

    /// <summary>DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.</summary>
    public const string X25519Aes256Gcm = "x25519-sha256-aes256gcm";

    /// <summary>DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.</summary>
    public const string X25519ChaCha20Poly1305 = "x25519-sha256-chacha20poly1305";

    /// <summary>Every known suite with its KEM, KDF and AEAD identifier.</summary>
    public static ImmutableDictionary<string, (ushort Kem, ushort Kdf, ushort Aead)> Identifiers { get; } = new Dictionary<string, (ushort, ushort, ushort)>
    {
        [P256Aes256Gcm] = (0x0010, 0x0001, 0x0002),
        [P256ChaCha20Poly1305] = (0x0010, 0x0001, 0x0003),
        [X25519Aes256Gcm] = (0x0020, 0x0001, 0x0002),
        [X25519ChaCha20Poly1305] = (0x0020, 0x0001, 0x0003),
    }.ToImmutableDictionary();

    /// <summary>RSA-2048 with OAEP (SHA-256) and AES-256-CBC in CMS: AWS KMS encrypts a data key so to an enclave's one-time key. No suite of requests.</summary>
    public const string RecipientRsa2048 = "rsa2048-oaep-sha256-aes256cbc";

    /// <summary>As <see cref="RecipientRsa2048"/>, with RSA-4096.</summary>
    public const string RecipientRsa4096 = "rsa4096-oaep-sha256-aes256cbc";

    /// <summary>Every kind of recipient key with the bits of its modulus. They stand in release keysets only.</summary>
    public static ImmutableDictionary<string, int> Recipients { get; } = new Dictionary<string, int>
    {
        [RecipientRsa2048] = 2048,
        [RecipientRsa4096] = 4096,
    }.ToImmutableDictionary();
}
