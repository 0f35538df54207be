namespace Amnion.Sealing;

/// <summary>Key encapsulation mechanisms, with their values in the IANA HPKE KEM registry (RFC 9180 §7.1).</summary>
public enum HpkeKem
{
    /// <summary>Reserved; never a key.</summary>
    Reserved = 0x0000,

    /// <summary>DHKEM(P-256, HKDF-SHA256): 65-byte keys. Available everywhere.</summary>
    P256 = 0x0010,

    /// <summary>DHKEM(P-384, HKDF-SHA384): 97-byte keys. Available everywhere.</summary>
    P384 = 0x0011,

    /// <summary>DHKEM(P-521, HKDF-SHA512): 133-byte keys. Available everywhere.</summary>
    P521 = 0x0012,

    /// <summary>DHKEM(X25519, HKDF-SHA256): 32-byte keys. Needs OpenSSL 3 (libcrypto.so.3).</summary>
    X25519 = 0x0020,
}
