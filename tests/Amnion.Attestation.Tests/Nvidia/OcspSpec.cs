using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>An OCSP response to make; the defaults give a good answer signed by the issuer itself, named by Name.</summary>
sealed class OcspSpec(byte[] subject, byte[] issuer, ECDsa issuerKey)
{
    public byte[] Subject => subject;

    public int ResponseStatus { get; set; }

    /// <summary>Signs instead of the issuer.</summary>
    public ECDsa? SignedBy { get; set; }

    /// <summary>Certificate of a delegated responder that goes along and is named.</summary>
    public byte[]? Responder { get; set; }

    public bool ByKey { get; set; }

    public OcspCertificateStatus Status { get; set; }

    public int? Reason { get; set; }

    public DateTimeOffset ProducedAt { get; set; } = TestChain.Epoch.AddHours(-1);

    public DateTimeOffset ThisUpdate { get; set; } = TestChain.Epoch.AddHours(-1);

    public DateTimeOffset? NextUpdate { get; set; } = TestChain.Epoch.AddHours(23);

    public byte[]? Nonce { get; set; }

    public bool CriticalExtension { get; set; }

    public string HashOid { get; set; } = Oids.Sha384;

    /// <summary>A delegated responder's certificate, by the issuer unless said otherwise.</summary>
    public static byte[] Delegate(CertificateSpec issuer, ECDsa key, Action<CertificateSpec>? change = null, string purpose = "1.3.6.1.5.5.7.3.9")
    {
        var spec = new CertificateSpec("Test OCSP Responder", key) { Authority = false, KeyUsage = X509KeyUsageFlags.DigitalSignature };
        spec.Extra.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: true));
        using var ecdsa = ECDsa.Create(key.ExportParameters(false));
        spec.Extra.Add(new X509SubjectKeyIdentifierExtension(new System.Security.Cryptography.X509Certificates.PublicKey(ecdsa), critical: false));
        change?.Invoke(spec);
        return spec.Make(issuer);
    }

    public byte[] Make()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0a, 0x01, (byte)ResponseStatus]);
            if (ResponseStatus == 0)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                    writer.WriteOctetString(Basic());
                }
            }
        }

        return writer.Encode();
    }

    byte[] Basic()
    {
        var tbs = Data();
        return DerParts.Sequence(writer =>
        {
            writer.WriteEncodedValue(tbs);
            writer.WriteEncodedValue(Convert.FromHexString(DerParts.EcdsaSha384));
            writer.WriteBitString((SignedBy ?? issuerKey).SignData(tbs, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence));
            if (Responder is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(Responder);
                }
            }
        });
    }

    byte[] Data() => DerParts.Sequence(writer =>
    {
        var responder = Certificate.Parse(Responder ?? issuer);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, ByKey ? 2 : 1)))
        {
            if (ByKey)
            {
                writer.WriteEncodedValue(responder.Extensions.Single(extension => extension.Oid == "2.5.29.14").Value.Span);
            }
            else
            {
                writer.WriteEncodedValue(responder.Subject.Span);
            }
        }

        writer.WriteGeneralizedTime(ProducedAt, omitFractionalSeconds: true);
        using (writer.PushSequence())
        {
            WriteAnswer(writer);
        }

        if (Nonce is not null || CriticalExtension)
        {
            writer.WriteEncodedValue(Nonce is not null
                ? DerParts.Extensions(1, ("1.3.6.1.5.5.7.48.1.2", null, Octets(Nonce)))
                : DerParts.Extensions(1, ("1.2.3.4", true, [0x05, 0x00])));
        }
    });

    void WriteAnswer(AsnWriter writer)
    {
        var certificate = Certificate.Parse(subject);
        var authority = Certificate.Parse(issuer);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(HashOid);
                }

                writer.WriteOctetString(SHA384.HashData(authority.Subject.Span));
                writer.WriteOctetString(SHA384.HashData(authority.PublicKeyBits.Span));
                writer.WriteInteger(certificate.SerialNumber.Span);
            }

            WriteStatus(writer);
            writer.WriteGeneralizedTime(ThisUpdate, omitFractionalSeconds: true);
            if (NextUpdate is { } next)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
                }
            }
        }
    }

    void WriteStatus(AsnWriter writer)
    {
        if (Status != OcspCertificateStatus.Revoked)
        {
            writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, Status == OcspCertificateStatus.Good ? 0 : 2));
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            writer.WriteGeneralizedTime(TestChain.Epoch.AddDays(-2), omitFractionalSeconds: true);
            if (Reason is { } reason)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteEncodedValue([0x0a, 0x01, (byte)reason]);
                }
            }
        }
    }

    static byte[] Octets(byte[] value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(value);
        return writer.Encode();
    }
}
