using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>A manifest to make and sign; text replacements happen before or after signing.</summary>
sealed class RimSpec
{
    const string C14n = "http://www.w3.org/2006/12/xml-c14n11";

    public string Version { get; set; } = "550.90.07";

    public string Product { get; set; } = "GH100";

    public string Edition { get; set; } = "GPU";

    /// <summary>Slots with their values; null for an inactive one.</summary>
    public SortedDictionary<int, byte[][]?> Slots { get; } = [];

    /// <summary>Changes what is signed.</summary>
    public Func<string, string> Before { get; set; } = xml => xml;

    /// <summary>Changes the SignedInfo before it is signed.</summary>
    public Func<string, string> SignedInfo { get; set; } = xml => xml;

    /// <summary>Changes what was signed.</summary>
    public Func<string, string> After { get; set; } = xml => xml;

    public static RimSpec Driver() => Of("550.90.07", [7, .. Enumerable.Range(21, 21)]);

    public static RimSpec Vbios() => Of("96.00.9F.00.01", [0, 1, 2, 9, 13]);

    public static RimSpec Of(string version, params int[] slots)
    {
        var spec = new RimSpec { Version = version };
        for (var slot = 0; slot < 64; slot++)
        {
            spec.Slots[slot] = slots.Contains(slot) ? [ReportSpec.Value(slot), SHA384.HashData("another"u8)] : null;
        }

        return spec;
    }

    public byte[] Make(NvidiaPki pki, ECDsa? key = null)
    {
        var certificates = string.Concat(pki.Rim.Select(der => $"<ds:X509Certificate>{Convert.ToBase64String(der)}\n</ds:X509Certificate>"));
        var document = Before(Unsigned());
        var digest = SHA384.HashData(RimCanonicalizer.Write(RimXmlReader.Read(Encoding.ASCII.GetBytes(document))));
        var signedInfo = SignedInfo(
            $"<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{C14n}\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"/>"
            + $"<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform Algorithm=\"{C14n}\"/></ds:Transforms>"
            + $"<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/><ds:DigestValue>{Convert.ToBase64String(digest)}</ds:DigestValue></ds:Reference></ds:SignedInfo>");
        var signature = Insert(document, signedInfo, new string('A', 128), certificates);
        var root = RimXmlReader.Read(Encoding.ASCII.GetBytes(signature));
        var element = root.Elements.Last().Elements.First();
        var value = (key ?? pki.RimLeaf.Key).SignData(RimCanonicalizer.Write(element), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return Encoding.ASCII.GetBytes(After(Insert(document, signedInfo, Convert.ToBase64String(value), certificates)));
    }

    static string Insert(string document, string signedInfo, string value, string certificates) => document.Replace(
        "</SoftwareIdentity>",
        $"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{signedInfo}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature></SoftwareIdentity>",
        StringComparison.Ordinal);

    public string Unsigned()
    {
        var resources = string.Concat(Slots.Select(slot =>
        {
            var values = slot.Value ?? [new byte[48]];
            var hashes = string.Concat(values.Select((value, i) => $" ns2:Hash{i}=\"{Convert.ToHexStringLower(value)}\""));
            return $"\n        <ns0:Resource type=\"Measurement\" index=\"{slot.Key}\" active=\"{(slot.Value is null ? "False" : "True")}\" alternatives=\"{values.Length}\"{hashes} name=\"Measurement_{slot.Key}\" size=\"48\"/>";
        }));
        return "<SoftwareIdentity xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" xmlns:ns0=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\" corpus=\"false\" name=\"GH100\" patch=\"false\" supplemental=\"false\" tagId=\"0123\" version=\"1.0\" tagVersion=\"0\">\n"
            + "    <ns0:Entity name=\"Test Corporation\" role=\"softwareCreator tagCreator\"/>\n"
            + $"    <ns0:Meta xmlns:ns1=\"https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/\" colloquialVersion=\"{Version}\" edition=\"{Edition}\" product=\"{Product}\" ns1:PlatformManufacturerId=\"5703\"/>\n"
            + $"    <ns0:Payload xmlns:SHA384=\"http://www.w3.org/2001/04/xmlenc#sha384\">{resources}\n    </ns0:Payload>\n</SoftwareIdentity>";
    }
}
