using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// A public value that commits to a data key: HKDF-SHA256(key, salt empty, info "amnion/commit", 32 bytes). AES-GCM commits to
/// no key, so without this a host could bring a key and weights of its own that open as well. The manifest carries the
/// value; whoever receives a key compares before the first segment is opened.
/// </summary>
public static class KeyCommitment
{
    /// <summary>Length of a commitment in bytes.</summary>
    public const int Length = 32;

    /// <summary>The commitment of a data key.</summary>
    public static byte[] Compute(SecretBytes dataKey)
    {
        ArgumentNullException.ThrowIfNull(dataKey);
        var commitment = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey.Reveal(SecretAccess.KeyDerivation), commitment, salt: [], info: "amnion/commit"u8);
        return commitment;
    }

    /// <summary>Whether the key is the one committed to; compared in fixed time.</summary>
    public static bool Matches(SecretBytes dataKey, ReadOnlySpan<byte> commitment) =>
        CryptographicOperations.FixedTimeEquals(Compute(dataKey), commitment);
}
