using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.EventLogs;

/// <summary>The hashes of event logs, by their number in the TCG Algorithm Registry.</summary>
static class LogDigest
{
    public const int Sha1 = 0x0004;
    public const int Sha256 = 0x000b;
    public const int Sha384 = 0x000c;
    public const int Sha512 = 0x000d;

    /// <summary>Bytes of a digest; 0 for a hash whose length is not known here.</summary>
    public static int Length(int algorithm) => algorithm switch
    {
        Sha1 => 20,
        Sha256 or 0x0012 or 0x0027 => 32,
        Sha384 or 0x0028 => 48,
        Sha512 or 0x0029 => 64,
        _ => 0,
    };

    /// <summary>Name of a hash that the BCL computes; null for SM3 and SHA-3, whose banks are read and not used. SHA-1 is here because old logs have nothing else.</summary>
    public static HashAlgorithmName? Name(int algorithm) => algorithm switch
    {
        Sha1 => HashAlgorithmName.SHA1,
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    public static string Text(int algorithm) => algorithm switch
    {
        Sha1 => "sha1",
        Sha256 => "sha256",
        Sha384 => "sha384",
        Sha512 => "sha512",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{algorithm:x}"),
    };
}
