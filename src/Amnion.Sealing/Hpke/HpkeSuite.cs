namespace Amnion.Sealing;

/// <summary>One HPKE cipher suite (RFC 9180 §7).</summary>
/// <param name="KemId">Key encapsulation mechanism.</param>
/// <param name="KdfId">Key derivation function of the key schedule.</param>
/// <param name="AeadId">Authenticated cipher.</param>
public readonly record struct HpkeSuite(HpkeKem KemId, HpkeKdf KdfId, HpkeAead AeadId)
{
    /// <summary>P-256, HKDF-SHA256, AES-256-GCM: the suite every client has.</summary>
    public static HpkeSuite P256Sha256Aes256Gcm => new(HpkeKem.P256, HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm);

    /// <summary>P-256, HKDF-SHA256, AES-128-GCM.</summary>
    public static HpkeSuite P256Sha256Aes128Gcm => new(HpkeKem.P256, HpkeKdf.HkdfSha256, HpkeAead.Aes128Gcm);

    /// <summary>P-256, HKDF-SHA256, ChaCha20-Poly1305.</summary>
    public static HpkeSuite P256Sha256ChaCha20Poly1305 => new(HpkeKem.P256, HpkeKdf.HkdfSha256, HpkeAead.ChaCha20Poly1305);

    /// <summary>X25519, HKDF-SHA256, AES-256-GCM.</summary>
    public static HpkeSuite X25519Sha256Aes256Gcm => new(HpkeKem.X25519, HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm);

    /// <summary>X25519, HKDF-SHA256, AES-128-GCM: the suite of the published OHTTP examples.</summary>
    public static HpkeSuite X25519Sha256Aes128Gcm => new(HpkeKem.X25519, HpkeKdf.HkdfSha256, HpkeAead.Aes128Gcm);

    /// <summary>X25519, HKDF-SHA256, ChaCha20-Poly1305.</summary>
    public static HpkeSuite X25519Sha256ChaCha20Poly1305 => new(HpkeKem.X25519, HpkeKdf.HkdfSha256, HpkeAead.ChaCha20Poly1305);

    /// <summary>Whether this platform offers all three algorithms.</summary>
    public bool IsSupported => Hpke.IsSupported(this);
}
