using System.Security.Cryptography;
using System.Text;

namespace Amnion.Cli.Conformance;

/// <summary>Files of certificates as they come: one DER, or PEM with any number.</summary>
static class CertificateFiles
{
    const int MaxBlocks = 64;

    public static IReadOnlyList<byte[]> Ders(byte[] file)
    {
        if (!file.AsSpan().StartsWith("-----"u8) && file.AsSpan().IndexOf("-----BEGIN"u8) < 0)
        {
            return [file];
        }

        var ders = new List<byte[]>();
        var rest = Encoding.Latin1.GetString(file).AsSpan();
        if (rest.Count("-----BEGIN ") > MaxBlocks)
        {
            throw new FormatException("more than 64 PEM blocks");
        }

        while (PemEncoding.TryFind(rest, out var fields))
        {
            ders.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }

        return ders;
    }
}
