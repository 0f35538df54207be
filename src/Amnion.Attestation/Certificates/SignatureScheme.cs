namespace Amnion.Attestation.Certificates;

/// <summary>Signature schemes of certificates and lists.</summary>
enum SignatureScheme
{
    /// <summary>ECDSA, RFC 5758 §3.2.</summary>
    Ecdsa,

    /// <summary>RSASSA-PKCS1-v1_5, RFC 4055 §5.</summary>
    RsaPkcs1,

    /// <summary>RSASSA-PSS with MGF1 of the same hash and a salt as long as it, RFC 4055 §3.</summary>
    RsaPss,
}
