namespace Amnion.Sealing;

/// <summary>Authenticated ciphers, with their values in the IANA HPKE AEAD registry (RFC 9180 §7.3).</summary>
public enum HpkeAead
{
    /// <summary>Reserved; never a cipher.</summary>
    Reserved = 0x0000,

    /// <summary>AES-128-GCM.</summary>
    Aes128Gcm = 0x0001,

    /// <summary>AES-256-GCM, the default.</summary>
    Aes256Gcm = 0x0002,

    /// <summary>ChaCha20-Poly1305.</summary>
    ChaCha20Poly1305 = 0x0003,

    /// <summary>No cipher: the context only exports secrets.</summary>
    ExportOnly = 0xFFFF,
}
