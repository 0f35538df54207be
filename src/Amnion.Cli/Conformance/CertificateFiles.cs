using System.Security.Cryptography;
using System.Text;

namespace Amnion.Cli.Conformance;

/// <summary>Files of certificates as they come: one DER, or PEM with any number.</summary>
static class CertificateFiles
{
    const int MaxBlocks = 64;

    /// <summary>The content of every block, or the file itself where it is not PEM.</summary>
    public static IReadOnlyList<byte[]> Ders(byte[] file) => UnsignedBits.IsPem(file) ? [.. Blocks(file).Select(block => block.Content)] : [file];

    /// <summary>Label and content of every PEM block.</summary>
    /// <exception cref="FormatException">More than 64 blocks: looking for the end of each takes the whole text.</exception>
    public static IReadOnlyList<(string Label, byte[] Content)> Blocks(byte[] file)
    {
        var blocks = new List<(string, byte[])>();
        var rest = Encoding.Latin1.GetString(file).AsSpan();
        if (rest.Count("-----BEGIN ") > MaxBlocks)
        {
            throw new FormatException("more than 64 PEM blocks");
        }

        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add((rest[fields.Label].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            rest = rest[fields.Location.End..];
        }

        return blocks;
    }
}
