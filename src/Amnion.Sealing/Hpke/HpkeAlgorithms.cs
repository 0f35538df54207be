using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>Sizes and availability of the registered algorithms (RFC 9180 §7, tables 2 to 5).</summary>
static class HpkeAlgorithms
{
    public const int NonceLength = 12;
    public const int TagLength = 16;

    public static HashAlgorithmName HashOf(HpkeKdf kdf) => kdf switch
    {
        HpkeKdf.HkdfSha256 => HashAlgorithmName.SHA256,
        HpkeKdf.HkdfSha384 => HashAlgorithmName.SHA384,
        HpkeKdf.HkdfSha512 => HashAlgorithmName.SHA512,
        _ => throw Unsupported("KDF", (int)kdf),
    };

    public static int HashLength(HpkeKdf kdf) => kdf switch
    {
        HpkeKdf.HkdfSha256 => SHA256.HashSizeInBytes,
        HpkeKdf.HkdfSha384 => SHA384.HashSizeInBytes,
        HpkeKdf.HkdfSha512 => SHA512.HashSizeInBytes,
        _ => throw Unsupported("KDF", (int)kdf),
    };

    /// <summary>Nk; zero for the export-only pseudo cipher.</summary>
    public static int KeyLength(HpkeAead aead) => aead switch
    {
        HpkeAead.Aes128Gcm => 16,
        HpkeAead.Aes256Gcm or HpkeAead.ChaCha20Poly1305 => 32,
        HpkeAead.ExportOnly => 0,
        _ => throw Unsupported("AEAD", (int)aead),
    };

    public static bool IsSupported(HpkeKdf kdf) => kdf is HpkeKdf.HkdfSha256 or HpkeKdf.HkdfSha384 or HpkeKdf.HkdfSha512;

    public static bool IsSupported(HpkeAead aead) => aead switch
    {
        HpkeAead.Aes128Gcm or HpkeAead.Aes256Gcm => AesGcm.IsSupported,
        HpkeAead.ChaCha20Poly1305 => System.Security.Cryptography.ChaCha20Poly1305.IsSupported,
        HpkeAead.ExportOnly => true,
        _ => false,
    };

    /// <summary>suite_id of the key schedule: "HPKE" and the three ids (RFC 9180 §5.1).</summary>
    public static byte[] SuiteId(HpkeSuite suite)
    {
        var id = new byte[10];
        "HPKE"u8.CopyTo(id);
        BinaryPrimitives.WriteUInt16BigEndian(id.AsSpan(4), (ushort)suite.KemId);
        BinaryPrimitives.WriteUInt16BigEndian(id.AsSpan(6), (ushort)suite.KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(id.AsSpan(8), (ushort)suite.AeadId);
        return id;
    }

    /// <summary>suite_id inside a KEM: "KEM" and its id (RFC 9180 §4.1).</summary>
    public static byte[] SuiteId(HpkeKem kem)
    {
        var id = new byte[5];
        "KEM"u8.CopyTo(id);
        BinaryPrimitives.WriteUInt16BigEndian(id.AsSpan(3), (ushort)kem);
        return id;
    }

    public static PlatformNotSupportedException Unsupported(string what, int id) =>
        new($"{SealingCodes.SuiteUnsupported}: HPKE {what} 0x{id:x4} is not available on this platform.");
}
