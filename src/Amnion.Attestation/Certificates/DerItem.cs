using System.Formats.Asn1;

namespace Amnion.Attestation.Certificates;

/// <summary>What certificates and revocation lists share: signed envelope, algorithm, time and extensions. RFC 5280 §4.1.</summary>
static class DerItem
{
    static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>Opens SEQUENCE { tbs, signatureAlgorithm, signatureValue } and refuses anything after it.</summary>
    public static (ReadOnlyMemory<byte> Tbs, ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> Signature) ReadSigned(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var signed = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var tbs = signed.ReadEncodedValue();
        var algorithm = signed.ReadEncodedValue();
        var signature = ReadOctetAlignedBits(signed);
        signed.ThrowIfNotEmpty();
        return (tbs, algorithm, signature);
    }

    public static ReadOnlyMemory<byte> ReadOctetAlignedBits(AsnReader reader)
    {
        var bits = reader.ReadBitString(out var unused);
        return unused == 0 ? bits : throw new AsnContentException("The BIT STRING has unused bits.");
    }

    /// <summary>UTCTime up to 2049 and GeneralizedTime from 2050 on, both in UTC with seconds: RFC 5280 §4.1.2.5.</summary>
    /// <param name="reader">Stands at the time.</param>
    /// <param name="anyYear">Also takes a GeneralizedTime before 2050, which NVIDIA's certificates have.</param>
    public static DateTimeOffset ReadTime(AsnReader reader, bool anyYear = false)
    {
        if (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime))
        {
            return reader.ReadUtcTime(twoDigitYearMax: 2049);
        }

        var time = reader.ReadGeneralizedTime();
        return (anyYear || time.Year >= 2050) && time.Ticks % TimeSpan.TicksPerSecond == 0
            ? time
            : throw new AsnContentException("A GeneralizedTime is used for years from 2050 on and has no fraction.");
    }

    /// <summary>Identifier of an AlgorithmIdentifier and its undecoded parameters (empty where absent).</summary>
    public static (string Oid, ReadOnlyMemory<byte> Parameters) ReadAlgorithm(ReadOnlyMemory<byte> encoded)
    {
        var outer = new AsnReader(encoded, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var oid = sequence.ReadObjectIdentifier();
        var parameters = sequence.HasData ? sequence.ReadEncodedValue() : default;
        sequence.ThrowIfNotEmpty();
        return (oid, parameters);
    }

    /// <summary>Extensions, at most <paramref name="limit"/>, none twice (RFC 5280 §4.2).</summary>
    public static List<CertificateExtension> ReadExtensions(AsnReader sequence, int limit)
    {
        var extensions = new List<CertificateExtension>();
        while (sequence.HasData)
        {
            var extension = sequence.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (extensions.Count == limit || extensions.Exists(other => other.Oid == oid))
            {
                throw new AsnContentException("Too many extensions, or one of them twice.");
            }

            extensions.Add(new CertificateExtension(oid, critical, value));
        }

        return extensions.Count > 0 ? extensions : throw new AsnContentException("An empty list of extensions.");
    }

    /// <summary>The certificate's [3] EXPLICIT Extensions.</summary>
    public static List<CertificateExtension> ReadCertificateExtensions(AsnReader tbs, int limit)
    {
        var wrapper = tbs.ReadSequence(s_extensions);
        var extensions = ReadExtensions(wrapper.ReadSequence(), limit);
        wrapper.ThrowIfNotEmpty();
        return extensions;
    }
}
