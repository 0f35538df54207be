using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// Puts a bare public key into an otherwise empty certificate, because that is the way OpenSSL loads a key without a multiplication by
/// the curve's order (see <see cref="PublicKey.From"/>). The certificate is never verified or shown.
/// </summary>
static class KeyCarrier
{
    /// <summary>The key of a SubjectPublicKeyInfo of DER (RFC 5280 §4.1.2.7), remembered in a cache; null where it is none that can be used.</summary>
    public static PublicKey? Key(ReadOnlyMemory<byte> subjectPublicKeyInfo, AppraisalCache? cache = null) => Carrier(subjectPublicKeyInfo, cache)?.Key;

    /// <summary>SHA-256 of a SubjectPublicKeyInfo, whether or not its key can be used; remembered with the key.</summary>
    public static Measurement Digest(ReadOnlyMemory<byte> subjectPublicKeyInfo, AppraisalCache? cache) =>
        cache is not null && Carrier(subjectPublicKeyInfo, cache) is { } carrier && carrier.SubjectPublicKeyInfo.Span.SequenceEqual(subjectPublicKeyInfo.Span)
            ? carrier.KeyDigest
            : new Measurement(SHA256.HashData(subjectPublicKeyInfo.Span));

    static Certificate? Carrier(ReadOnlyMemory<byte> subjectPublicKeyInfo, AppraisalCache? cache)
    {
        try
        {
            return AppraisalCache.Read(cache, nameof(KeyCarrier), subjectPublicKeyInfo, static info => Certificate.Parse(Wrap(info.Span)));
        }
        catch (CertificateFormatException)
        {
            return null;
        }
    }

    /// <summary>The key of an elliptic-curve point, x ‖ y of the curve's length each; otherwise as <see cref="Key"/>.</summary>
    public static PublicKey? PointKey(KeyKind curve, ReadOnlyMemory<byte> xy, AppraisalCache? cache = null)
    {
        try
        {
            return AppraisalCache.Read(cache, curve.ToString(), xy, point => Certificate.Parse(Wrap(PointInfo(curve, point.Span)))).Key;
        }
        catch (CertificateFormatException)
        {
            return null;
        }
    }

    public static byte[] Wrap(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteInteger(2);
                }

                writer.WriteInteger(1);
                WriteAlgorithm(writer);
                WriteName(writer);
                using (writer.PushSequence())
                {
                    writer.WriteUtcTime(DateTimeOffset.UnixEpoch);
                    writer.WriteUtcTime(DateTimeOffset.UnixEpoch);
                }

                WriteName(writer);
                WriteEncoded(writer, subjectPublicKeyInfo);
            }

            WriteAlgorithm(writer);
            writer.WriteBitString([0]);
        }

        return writer.Encode();
    }

    /// <summary>SubjectPublicKeyInfo of a point of a named curve, RFC 5480 §2.</summary>
    public static byte[] PointInfo(KeyKind curve, ReadOnlySpan<byte> xy)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.EcPublicKey);
                writer.WriteObjectIdentifier(curve switch
                {
                    KeyKind.P256 => Oids.Secp256r1,
                    KeyKind.P384 => Oids.Secp384r1,
                    KeyKind.P521 => Oids.Secp521r1,
                    _ => throw new ArgumentOutOfRangeException(nameof(curve), curve, "RSA has no curve."),
                });
            }

            writer.WriteBitString([4, .. xy]);
        }

        return writer.Encode();
    }

    static void WriteEncoded(AsnWriter writer, ReadOnlySpan<byte> encoded)
    {
        try
        {
            writer.WriteEncodedValue(encoded);
        }
        catch (ArgumentException)
        {
            throw new CertificateFormatException("subjectPublicKeyInfo", "is not one DER item", 0);
        }
    }

    static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.EcdsaWithSha256);
        }
    }

    static void WriteName(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
        }
    }
}
