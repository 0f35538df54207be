using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.SevSnp;

namespace Amnion.Cli.Conformance;

/// <summary>Cases that are a revocation list of AMD's and nothing else: RFC 5280 §5.1.</summary>
static class SnpRevocationListCases
{
    public static CaseAnswer Run(ConformanceCase item)
    {
        var fields = new List<EvidenceField>();
        try
        {
            var lists = item.Files("crl").SelectMany(CertificateFiles.Ders).ToList();
            return new CaseAnswer(lists.Count > 0 && lists.TrueForAll(der => Read(der, fields)) ? "crl" : "invalid", [], [.. fields]) { Parsed = true };
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return CaseAnswer.Malformed(PathCodes.RevocationListUnusable);
        }
    }

    static bool Read(byte[] der, List<EvidenceField> fields)
    {
        var whole = new AsnReader(der, AsnEncodingRules.DER);
        var list = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        var tbs = list.ReadEncodedValue();
        _ = list.ReadSequence();
        var signature = list.ReadBitString(out _);
        var content = new AsnReader(tbs, AsnEncodingRules.DER).ReadSequence();
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            _ = content.ReadInteger();
        }

        _ = content.ReadSequence();
        var issuer = new X500DistinguishedName(content.ReadEncodedValue().Span);
        Add(fields, "issuer", CertificateCases.Text(issuer));
        Add(fields, "this_update", Time(content));
        Add(fields, "next_update", content.HasData && content.PeekTag() is { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime } ? Time(content) : string.Empty);
        AddEntries(content, fields);
        return IsSigned(issuer, tbs.Span, signature, fields);
    }

    static void AddEntries(AsnReader content, List<EvidenceField> fields)
    {
        if (!content.HasData || !content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return;
        }

        var entries = content.ReadSequence();
        for (var i = 0; entries.HasData; i++)
        {
            var entry = entries.ReadSequence();
            var serial = entry.ReadInteger();
            Add(fields, string.Create(CultureInfo.InvariantCulture, $"revoked.{i}"), $"{CertificateCases.Serial(serial)},{Time(entry)}");
        }
    }

    /// <summary>Signed by the root that this build knows under the issuer's name; the ASK below it is the one whose serial number must not be listed.</summary>
    static bool IsSigned(X500DistinguishedName issuer, ReadOnlySpan<byte> tbs, byte[] signature, List<EvidenceField> fields)
    {
        var signed = false;
        foreach (var der in SnpRoots.Certificates)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
            if (!certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.RawData))
            {
                continue;
            }

            using var key = certificate.GetRSAPublicKey();
            if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(issuer.RawData))
            {
                signed = key!.VerifyData(tbs, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
            }
            else if (!certificate.SubjectName.Name.Contains("VLEK", StringComparison.Ordinal))
            {
                Add(fields, "current_ask_serial", CertificateCases.Serial(certificate));
            }
        }

        return signed;
    }

    static string Time(AsnReader reader)
    {
        var time = reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime(2049) : reader.ReadGeneralizedTime();
        return time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    static void Add(List<EvidenceField> fields, string name, string value) => fields.Add(new EvidenceField(name, value, string.Empty));
}
