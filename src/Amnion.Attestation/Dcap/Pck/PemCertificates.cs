using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>The PEM certificates of certification data types 4 and 5: RFC 7468, one after the other, nothing between them but line ends.</summary>
static class PemCertificates
{
    /// <summary>Most certificates; a PCK chain has three.</summary>
    const int MaxCount = 8;

    static ReadOnlySpan<byte> Label => "CERTIFICATE"u8;

    /// <summary>Every certificate in its order, usually leaf first.</summary>
    /// <exception cref="DcapFormatException">Anything else, with code <see cref="DcapCodes.CertificateMalformed"/>.</exception>
    public static QuoteCertificates Read(ReadOnlyMemory<byte> pem, AppraisalCache? cache = null) =>
        AppraisalCache.Read(cache, nameof(PemCertificates), pem, static text => new QuoteCertificates(ReadAll(text)));

    static ImmutableArray<Certificate> ReadAll(ReadOnlyMemory<byte> pem)
    {
        // Quoting enclaves count the C string's terminator in.
        var text = pem.Span is [.. var before, 0] ? before : pem.Span;
        var certificates = new List<Certificate>();
        var position = 0;
        while (position < text.Length)
        {
            if (!PemEncoding.TryFindUtf8(text[position..], out var found) || !IsAlone(text[position..], found))
            {
                throw Malformed(position, "PEM certificates and nothing between them expected");
            }

            if (certificates.Count == MaxCount)
            {
                throw Malformed(position, "more than 8 certificates");
            }

            certificates.Add(Read(text[position..][found.Base64Data], found.DecodedDataLength, position));
            position += found.Location.End.Value;
            position += text[position..].IndexOfAnyExcept("\r\n"u8) is var rest and >= 0 ? rest : text.Length - position;
        }

        return certificates.Count > 0 ? [.. certificates] : throw Malformed(0, "no certificate");
    }

    static bool IsAlone(ReadOnlySpan<byte> text, PemFields found) => found.Location.Start.Value == 0 && text[found.Label].SequenceEqual(Label);

    static Certificate Read(ReadOnlySpan<byte> base64, int length, int position)
    {
        var der = new byte[length];
        if (Base64.DecodeFromUtf8(base64, der, out _, out var written) != OperationStatus.Done || written != length)
        {
            throw Malformed(position, "not Base64");
        }

        try
        {
            return Certificate.Parse(der);
        }
        catch (CertificateFormatException exception)
        {
            throw Malformed(position, exception.Message);
        }
    }

    static DcapFormatException Malformed(int offset, string problem) => new(offset, "certification data", problem, DcapCodes.CertificateMalformed);
}
