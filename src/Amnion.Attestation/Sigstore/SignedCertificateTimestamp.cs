using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>A log's promise to publish a certificate: RFC 6962 §3.2, version 1.</summary>
sealed record SignedCertificateTimestamp(ReadOnlyMemory<byte> LogId, ulong Timestamp, ReadOnlyMemory<byte> Extensions, SignatureAlgorithm? Algorithm, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Most timestamps of one certificate; Fulcio embeds one.</summary>
    const int MaxCount = 16;

    const int LogIdLength = 32;
    const int HeadLength = 1 + LogIdLength + 8 + 2;

    static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>When the log saw the certificate; null beyond the calendar.</summary>
    public DateTimeOffset? Time => Timestamp <= 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds((long)Timestamp) : null;

    /// <summary>The embedded list: RFC 6962 §3.3. Empty where the certificate has none; null where it does not parse.</summary>
    public static List<SignedCertificateTimestamp>? ReadEmbedded(Certificate certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(entry => entry.Oid == SigstoreOids.EmbeddedScts);
        if (extension.Oid is null)
        {
            return [];
        }

        try
        {
            var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var list = outer.ReadOctetString();
            return outer.HasData ? null : ReadList(list);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>What the log signed: RFC 6962 §3.2, a precertificate entry of the certificate without this very list.</summary>
    public byte[] ToSignedBytes(ReadOnlySpan<byte> issuerKeyInfo, ReadOnlySpan<byte> precertificate)
    {
        var signed = new byte[1 + 1 + 8 + 2 + 32 + 3 + precertificate.Length + 2 + Extensions.Length];
        var rest = signed.AsSpan();
        BinaryPrimitives.WriteUInt64BigEndian(rest[2..], Timestamp);
        rest[11] = 1; // precert_entry; version v1 and certificate_timestamp before it are zeros
        _ = SHA256.HashData(issuerKeyInfo, rest[12..]);
        rest = rest[44..];
        rest[0] = (byte)(precertificate.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)precertificate.Length);
        precertificate.CopyTo(rest[3..]);
        rest = rest[(3 + precertificate.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)Extensions.Length);
        Extensions.Span.CopyTo(rest[2..]);
        return signed;
    }

    /// <summary>The certificate's signed part without the list of timestamps, which is what the log saw: RFC 6962 §3.2.</summary>
    public static byte[] ToPrecertificate(Certificate certificate)
    {
        var fields = new AsnReader(certificate.Tbs, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            while (fields.HasData)
            {
                if (!fields.PeekTag().HasSameClassAndValue(s_extensions))
                {
                    writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
                    continue;
                }

                var extensions = fields.ReadSequence(s_extensions).ReadSequence();
                using (writer.PushSequence(s_extensions))
                using (writer.PushSequence())
                {
                    CopyOthers(extensions, writer);
                }
            }
        }

        return writer.Encode();
    }

    static void CopyOthers(AsnReader extensions, AsnWriter writer)
    {
        while (extensions.HasData)
        {
            var encoded = extensions.ReadEncodedValue();
            if (new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() != SigstoreOids.EmbeddedScts)
            {
                writer.WriteEncodedValue(encoded.Span);
            }
        }
    }

    static List<SignedCertificateTimestamp>? ReadList(ReadOnlyMemory<byte> list)
    {
        if (!TryTakeVector(ref list, out var rest) || !list.IsEmpty)
        {
            return null;
        }

        var timestamps = new List<SignedCertificateTimestamp>();
        while (!rest.IsEmpty)
        {
            if (!TryTakeVector(ref rest, out var item) || timestamps.Count == MaxCount || Read(item) is not { } timestamp)
            {
                return null;
            }

            timestamps.Add(timestamp);
        }

        return timestamps;
    }

    static SignedCertificateTimestamp? Read(ReadOnlyMemory<byte> item)
    {
        if (item.Length < HeadLength || item.Span[0] != 0)
        {
            return null;
        }

        var log = item.Slice(1, LogIdLength);
        var time = BinaryPrimitives.ReadUInt64BigEndian(item.Span[(1 + LogIdLength)..]);
        var rest = item[(1 + LogIdLength + 8)..];
        if (!TryTakeVector(ref rest, out var extensions) || rest.Length < 2)
        {
            return null;
        }

        var algorithm = ReadAlgorithm(rest.Span[0], rest.Span[1]);
        rest = rest[2..];
        return TryTakeVector(ref rest, out var signature) && rest.IsEmpty ? new SignedCertificateTimestamp(log, time, extensions, algorithm, signature) : null;
    }

    /// <summary>RFC 6962 §2.1.4 allows SHA-256 with ECDSA or RSA and nothing else. RFC 5246 §7.4.1.4.1 has the numbers.</summary>
    static SignatureAlgorithm? ReadAlgorithm(byte hash, byte signature) => (hash, signature) switch
    {
        (4, 3) => new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
        (4, 1) => new(SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
        _ => null,
    };

    static bool TryTakeVector(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> vector)
    {
        vector = default;
        if (rest.Length < 2)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
        if (rest.Length - 2 < length)
        {
            return false;
        }

        vector = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }
}
