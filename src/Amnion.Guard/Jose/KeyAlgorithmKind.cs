namespace Amnion.Guard.Jose;

/// <summary>The families of key management algorithms, RFC 7518 §4.</summary>
enum KeyAlgorithmKind
{
    /// <summary>The shared key is the content key, §4.5.</summary>
    Direct,

    /// <summary>AES key wrap, §4.4.</summary>
    Wrap,

    /// <summary>AES-GCM key wrap, §4.7.</summary>
    GcmWrap,

    /// <summary>RSA-OAEP, §4.3.</summary>
    Oaep,

    /// <summary>ECDH-ES, §4.6.</summary>
    Agreement,

    /// <summary>PBES2, §4.8.</summary>
    Password,
}
