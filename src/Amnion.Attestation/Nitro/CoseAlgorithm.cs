namespace Amnion.Attestation.Nitro;

/// <summary>ECDSA algorithms of COSE: RFC 9053 §2.1.</summary>
public enum CoseAlgorithm
{
    /// <summary>ECDSA with SHA-256.</summary>
    ES256 = -7,

    /// <summary>ECDSA with SHA-384, the only one of Nitro documents.</summary>
    ES384 = -35,

    /// <summary>ECDSA with SHA-512.</summary>
    ES512 = -36,
}
