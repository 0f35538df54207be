namespace Amnion.Sealing;

/// <summary>Key derivation functions, with their values in the IANA HPKE KDF registry (RFC 9180 §7.2).</summary>
public enum HpkeKdf
{
    /// <summary>Reserved; never a function.</summary>
    Reserved = 0x0000,

    /// <summary>HKDF-SHA256.</summary>
    HkdfSha256 = 0x0001,

    /// <summary>HKDF-SHA384.</summary>
    HkdfSha384 = 0x0002,

    /// <summary>HKDF-SHA512.</summary>
    HkdfSha512 = 0x0003,
}
