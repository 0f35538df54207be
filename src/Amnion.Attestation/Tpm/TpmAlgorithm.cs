using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tpm;

/// <summary>Algorithm identifiers of the TCG Algorithm Registry that Evidence uses.</summary>
static class TpmAlgorithm
{
    public const int Rsa = 0x0001;
    public const int Sha1 = 0x0004;
    public const int Sha256 = 0x000b;
    public const int Sha384 = 0x000c;
    public const int Sha512 = 0x000d;
    public const int Null = 0x0010;
    public const int RsaSsa = 0x0014;
    public const int RsaPss = 0x0016;
    public const int Ecdsa = 0x0018;
    public const int Ecc = 0x0023;

    /// <summary>Bytes of a digest; 0 for an algorithm that is not known here.</summary>
    public static int DigestLength(int algorithm) => algorithm switch
    {
        Sha1 => 20,
        Sha256 => 32,
        Sha384 => 48,
        Sha512 => 64,
        _ => 0,
    };

    /// <summary>
    /// The BCL's name of a hash; null for one that it does not have. SHA-1 is among them because logs and old quotes must be read to be refused
    /// with a reason; <see cref="IsStrong"/> is what verifiers ask.
    /// </summary>
    public static HashAlgorithmName? Hash(int algorithm) => algorithm switch
    {
        Sha1 => HashAlgorithmName.SHA1,
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>SHA-256 and longer. NIST SP 800-131A §9 disallows SHA-1 for signatures.</summary>
    public static bool IsStrong(int algorithm) => algorithm is Sha256 or Sha384 or Sha512;

    public static string Name(int algorithm) => algorithm switch
    {
        Sha1 => "sha1",
        Sha256 => "sha256",
        Sha384 => "sha384",
        Sha512 => "sha512",
        RsaSsa => "RSASSA",
        RsaPss => "RSAPSS",
        Ecdsa => "ECDSA",
        _ => Hex(algorithm),
    };

    /// <summary>"0xb", as the registry's numbers are usually written.</summary>
    public static string Hex(int algorithm) => string.Create(CultureInfo.InvariantCulture, $"0x{algorithm:x}");
}
