using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>
/// "vek_extensions" and "vek_serial" of an entry: what AMD's extensions say in the endorsement key's certificate (AMD 57230, certificate extensions).
/// Read a second time and without the verifier, so that the two readings are held against each other by the manifest's values.
/// </summary>
static class SnpKeyExtensions
{
    const string Arc = "1.3.6.1.4.1.3704.1.";

    static readonly (string Oid, string Name)[] s_names =
    [
        (Arc + "1", "struct_version"), (Arc + "2", "product"), (Arc + "3.1", "bl"), (Arc + "3.2", "tee"), (Arc + "3.3", "snp"), (Arc + "3.8", "ucode"), (Arc + "3.9", "fmc"), (Arc + "4", "hwid"), (Arc + "5", "cspid"),
    ];

    /// <summary>Values of the first certificate that has such extensions; none where no certificate has or can be read.</summary>
    public static IEnumerable<EvidenceField> Of(IEnumerable<ReadOnlyMemory<byte>> certificates) => certificates.Select(der => Read(der.Span)).FirstOrDefault(fields => fields.Count > 0) ?? [];

    static List<EvidenceField> Read(ReadOnlySpan<byte> der)
    {
        var fields = new List<EvidenceField>();
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            foreach (var (oid, name) in s_names)
            {
                if (certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == oid) is { } extension)
                {
                    fields.Add(new("vek_extensions." + name, Text(name, extension.RawData), "AMD's extension of the endorsement key's certificate"));
                }
            }

            if (fields.Count > 0)
            {
                fields.Add(new("vek_serial", CertificateCases.Serial(certificate), "serial number of the endorsement key's certificate"));
            }
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            // The verifier says what is wrong with it.
            fields.Clear();
        }

        return fields;
    }

    /// <summary>Chips stand there bare or in an OCTET STRING, by AMD's generation of certificates.</summary>
    static string Text(string name, byte[] value) => name switch
    {
        "hwid" => Convert.ToHexStringLower(value is [0x04, var length, ..] && length == value.Length - 2 ? value.AsSpan(2) : value),
        "product" or "cspid" when value is [0x16 or 0x0c, ..] => Encoding.UTF8.GetString(value.AsSpan(2)),
        "product" or "cspid" => Encoding.UTF8.GetString(value),
        _ => new AsnReader(value, AsnEncodingRules.DER).ReadInteger().ToString(CultureInfo.InvariantCulture),
    };
}
