using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>Cases that only hold trust anchors: what the manifest says of them must be so.</summary>
static class CertificateCases
{
    public static CaseAnswer TrustAnchor(ConformanceCase item)
    {
        try
        {
            return Read(item);
        }
        catch (CertificateFormatException)
        {
            return CaseAnswer.Malformed(AttestationCodes.CertificateMalformed);
        }
    }

    static CaseAnswer Read(ConformanceCase item)
    {
        var fields = new List<EvidenceField>();
        var index = 0;
        foreach (var (role, path) in item.Entries)
        {
            foreach (var der in CertificateFiles.Ders(item.FileAt(path)))
            {
                // Read strictly first: an anchor that the verifier would not read is none.
                var anchor = Attestation.TrustAnchor.FromCertificate(der);
                using var certificate = X509CertificateLoader.LoadCertificate(der);
                foreach (var (name, value) in Describe(certificate, anchor))
                {
                    // The manifest names a lone certificate's values directly, several by position or by role.
                    fields.Add(new EvidenceField(string.Create(CultureInfo.InvariantCulture, $"{index}.{name}"), value, role));
                    fields.Add(new EvidenceField($"{role}_{name}", value, role));
                    if (index == 0)
                    {
                        fields.Add(new EvidenceField(name, value, role));
                    }
                }

                index++;
            }
        }

        // Files that hold no certificate hold no anchor.
        return new CaseAnswer(index > 0 ? "trust_anchor" : "invalid", [], [.. fields]) { Parsed = index > 0 };
    }

    /// <summary>A name as the manifest spells it.</summary>
    public static string Text(X500DistinguishedName name) => Escape(name.Name).Replace(",S=", ",ST=", StringComparison.Ordinal);

    /// <summary>A serial number as the manifest spells it.</summary>
    public static string Serial(X509Certificate2 certificate) => Serial(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true));

    /// <summary>As the other, for the entries of a revocation list.</summary>
    public static string Serial(BigInteger serial) => "0x" + (serial.IsZero ? "0" : serial.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'));

    static (string Name, string Value)[] Describe(X509Certificate2 certificate, TrustAnchor anchor) =>
    [
        ("sha256", anchor.CertificateDigest.ToString()!),
        ("spki_sha256", anchor.KeyDigest.ToString()),
        ("subject", Text(certificate.SubjectName)),
        ("serial", Serial(certificate)),
        ("not_before", Time(certificate.NotBefore)),
        ("not_after", Time(certificate.NotAfter)),
    ];

    /// <summary>The BCL quotes values that hold a separator; the manifest escapes it (RFC 4514 §2.4).</summary>
    static string Escape(string name)
    {
        var escaped = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '"')
            {
                quoted = !quoted;
            }
            else if (quoted && name[i] is (',' or '+' or ';' or '<' or '>' or '\\'))
            {
                escaped.Append('\\').Append(name[i]);
            }
            else if (quoted || name[i] != ' ' || i == 0 || name[i - 1] != ',')
            {
                escaped.Append(name[i]);
            }
        }

        return escaped.ToString();
    }

    /// <summary>A time as the manifest spells it.</summary>
    public static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
