using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation;

/// <summary>Hashes by their number in the TCG Algorithm Registry (TPM_ALG_ID), as quotes and event logs name them.</summary>
static class TcgHash
{
    public const int Sha1 = 0x0004;
    public const int Sha256 = 0x000b;
    public const int Sha384 = 0x000c;
    public const int Sha512 = 0x000d;

    /// <summary>Bytes of a digest; 0 for a hash whose length is not known here. SM3 and SHA-3 have lengths, so that logs with their banks can be read.</summary>
    public static int Length(int algorithm) => algorithm switch
    {
        Sha1 => 20,
        Sha256 or 0x0012 or 0x0027 => 32,
        Sha384 or 0x0028 => 48,
        Sha512 or 0x0029 => 64,
        _ => 0,
    };

    /// <summary>
    /// Name of a hash that the BCL computes; null for any other. SHA-1 is here because old logs have nothing else, and old quotes must be read to be
    /// refused with a reason; <see cref="IsStrong"/> is what verifiers ask.
    /// </summary>
    public static HashAlgorithmName? Name(int algorithm) => algorithm switch
    {
        Sha1 => HashAlgorithmName.SHA1,
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>SHA-256 and longer. NIST SP 800-131A §9 disallows SHA-1 for signatures.</summary>
    public static bool IsStrong(int algorithm) => algorithm is Sha256 or Sha384 or Sha512;

    /// <summary>"sha256" and the like; "0x12" for a hash that is not computed here.</summary>
    public static string Text(int algorithm) => algorithm switch
    {
        Sha1 => "sha1",
        Sha256 => "sha256",
        Sha384 => "sha384",
        Sha512 => "sha512",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{algorithm:x}"),
    };
}
