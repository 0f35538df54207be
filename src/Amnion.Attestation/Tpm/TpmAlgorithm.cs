using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>Algorithm identifiers of the TCG Algorithm Registry that Evidence uses besides hashes, which <see cref="TcgHash"/> has.</summary>
static class TpmAlgorithm
{
    public const int Rsa = 0x0001;
    public const int Null = 0x0010;
    public const int RsaSsa = 0x0014;
    public const int RsaPss = 0x0016;
    public const int Ecdsa = 0x0018;
    public const int Ecc = 0x0023;

    /// <summary>Bytes of a digest; 0 for a hash that is not computed here, whose values nothing could check.</summary>
    public static int DigestLength(int algorithm) => TcgHash.Name(algorithm) is null ? 0 : TcgHash.Length(algorithm);

    public static string Name(int algorithm) => algorithm switch
    {
        RsaSsa => "RSASSA",
        RsaPss => "RSAPSS",
        Ecdsa => "ECDSA",
        _ => TcgHash.Text(algorithm),
    };

    /// <summary>"0xb", as the registry's numbers are usually written.</summary>
    public static string Hex(int algorithm) => string.Create(CultureInfo.InvariantCulture, $"0x{algorithm:x}");
}
