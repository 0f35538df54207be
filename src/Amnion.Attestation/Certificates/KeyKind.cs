namespace Amnion.Attestation.Certificates;

/// <summary>Public keys that certificates may hold.</summary>
enum KeyKind
{
    /// <summary>secp256r1.</summary>
    P256,

    /// <summary>secp384r1.</summary>
    P384,

    /// <summary>secp521r1.</summary>
    P521,

    /// <summary>RSA; chains state their smallest modulus.</summary>
    Rsa,
}
