namespace Amnion.Sealing;

/// <summary>
/// Why the bytes of a <see cref="SecretBytes"/> are read. The caller names the reason, so that a search for one of these
/// names finds every place where a secret leaves its container.
/// </summary>
public enum SecretAccess
{
    /// <summary>Not a reason; refused, so that a defaulted argument reads nothing.</summary>
    None = 0,

    /// <summary>Keying a cipher.</summary>
    Cipher = 1,

    /// <summary>Input to a key derivation function.</summary>
    KeyDerivation = 2,

    /// <summary>Encrypting the secret itself under another key, to store or to send it.</summary>
    Wrapping = 3,

    /// <summary>Comparing in fixed time with another secret.</summary>
    Comparison = 4,

    /// <summary>Input to a key agreement, or a private key being imported.</summary>
    KeyAgreement = 5,
}
