using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>
/// Reads Evidence from a file as people keep it: the bytes themselves, or PEM, hexadecimal, base64 or base64url of them, compressed with gzip
/// or not.
/// </summary>
static class EvidenceFile
{
    /// <summary>Longest file; Evidence with an event log has a few hundred kilobytes.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The first spelling in which a format is recognised.</summary>
    /// <exception cref="EvidenceFormatException">None is.</exception>
    public static (byte[] Bytes, ParsedEvidence Parsed) Read(string path) => Read(BoundedFile.Read(path, MaxLength));

    public static (byte[] Bytes, ParsedEvidence Parsed) Read(byte[] content)
    {
        EvidenceFormatException? first = null;
        foreach (var bytes in Spellings(content))
        {
            try
            {
                return (bytes, EvidenceReader.Read(bytes));
            }
            catch (EvidenceFormatException exception)
            {
                // Malformed Evidence of a known format says more than that some spelling is none.
                first = first is null || (first.Code == AttestationCodes.UnknownFormat && exception.Code != AttestationCodes.UnknownFormat) ? exception : first;
            }
        }

        throw first!;
    }

    /// <summary>The bytes, and what they are an encoding of.</summary>
    public static IEnumerable<byte[]> Spellings(byte[] content)
    {
        yield return content;
        if (Inflate(content) is { } inflated)
        {
            yield return inflated;
        }

        if (Text(content) is not { } text)
        {
            yield break;
        }

        // One block: looking for an end takes the whole text for each beginning.
        if (text.AsSpan().Count("-----BEGIN ") == 1 && PemEncoding.TryFind(text, out var pem))
        {
            yield return Convert.FromBase64String(text[pem.Base64Data]);
        }

        var compact = string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
        if (compact.Length % 2 == 0 && compact.All(char.IsAsciiHexDigit))
        {
            yield return Convert.FromHexString(compact);
        }
        else if (Decode(compact) is { } decoded)
        {
            yield return decoded;
            if (Inflate(decoded) is { } more)
            {
                yield return more;
            }
        }
    }

    static string? Text(byte[] content) => content.Length > 0 && !content.AsSpan().ContainsAnyExceptInRange((byte)'\t', (byte)'~') ? Encoding.ASCII.GetString(content) : null;

    static byte[]? Decode(string compact)
    {
        var plain = compact.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(plain) ? Base64Url.DecodeFromChars(plain) : null;
    }

    static byte[]? Inflate(byte[] content)
    {
        if (!content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return null;
        }

        try
        {
            using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            var output = new byte[MaxLength];
            var length = gzip.ReadAtLeast(output, MaxLength, throwOnEndOfStream: false);
            return length == MaxLength ? null : output[..length];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
