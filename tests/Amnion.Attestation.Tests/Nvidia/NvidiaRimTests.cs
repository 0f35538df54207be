using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>What manifests are taken and refused.</summary>
public sealed class NvidiaRimTests
{
    readonly NvidiaPki _pki = new();
    readonly RimSpec _spec = RimSpec.Driver();

    NvidiaVerification Verification => new() { RimAnchors = _pki.RimAnchors, At = TestChain.Epoch, MaySkip = [OcspCodes.Missing] };

    string[] Codes(ECDsa? key = null) => [.. NvidiaRimVerifier.Verify(NvidiaRim.Parse(_spec.Make(_pki, key)), Verification).Checks.Where(check => check.Rejects).Select(check => check.Code)];

    void Refuses(string field, Func<string, string> change)
    {
        _spec.After = change;
        var xml = _spec.Make(_pki);
        var exception = Assert.Throws<NvidiaFormatException>(() => NvidiaRim.Parse(xml));
        Assert.Equal(field, exception.Field);
        Assert.Equal(NvidiaCodes.RimMalformed, exception.Code);
        Assert.InRange(exception.Offset, 0, xml.Length);
    }

    static Func<string, string> Replace(string old, string with) => xml =>
    {
        Assert.Contains(old, xml, StringComparison.Ordinal);
        var at = xml.IndexOf(old, StringComparison.Ordinal);
        return xml[..at] + with + xml[(at + old.Length)..];
    };

    [Fact]
    public void Reads_a_manifest()
    {
        var rim = NvidiaRim.Parse(_spec.Make(_pki));
        Assert.Equal(("0123", "GH100", "GPU", "550.90.07", "5703", NvidiaRimKind.Driver), (rim.TagId, rim.Product, rim.Edition, rim.Version, rim.ManufacturerId, rim.Kind));
        Assert.Equal(64, rim.Measurements.Count);
        Assert.False(rim.Measurements[6].IsActive);
        Assert.True(rim.Measurements[7].IsActive);
        Assert.Equal(2, rim.Measurements[7].Values.Length);
        Assert.Equal(ReportSpec.Value(7), rim.Measurements[7].Values[0].Bytes.ToArray());
        Assert.Equal(NvidiaRimKind.Vbios, NvidiaRim.Parse(RimSpec.Vbios().Make(_pki)).Kind);
        Assert.Empty(Codes());
    }

    [Fact]
    public void Rejects_a_changed_value()
    {
        _spec.After = Replace(Convert.ToHexStringLower(ReportSpec.Value(7)), new string('a', 96));
        Assert.Equal([NvidiaCodes.RimDigest], Codes());
    }

    [Fact]
    public void Rejects_changed_white_space_which_is_signed_too()
    {
        _spec.After = Replace("\n        <ns0:Resource", "\n         <ns0:Resource");
        Assert.Equal([NvidiaCodes.RimDigest], Codes());
    }

    [Theory]
    [InlineData("<ns0:Entity name=\"Test Corporation\" role=\"softwareCreator tagCreator\"/>", "<ns0:Entity role='softwareCreator tagCreator'   name=\"Test&#32;Corporation\"></ns0:Entity >")]
    [InlineData("<SoftwareIdentity", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SoftwareIdentity")]
    public void Takes_another_spelling_of_the_same_document(string old, string with)
    {
        _spec.After = Replace(old, with);
        Assert.Empty(Codes());
    }

    [Fact]
    public void Rejects_a_signature_by_another_key() => Assert.Equal([NvidiaCodes.RimSignature], Codes(NvidiaPki.Spare(0)));

    [Fact]
    public void Rejects_a_changed_signed_info()
    {
        _spec.After = Replace("<ds:SignedInfo>", "<ds:SignedInfo >\n");
        Assert.Equal([NvidiaCodes.RimSignature], Codes());
    }

    [Fact]
    public void Rejects_a_manifest_under_another_root()
    {
        var rim = NvidiaRim.Parse(_spec.Make(_pki));
        Assert.Equal([PathCodes.TrustAnchor], NvidiaRimVerifier.Verify(rim, Verification with { RimAnchors = [NvidiaRoots.Rim] }).Checks.Where(check => check.Rejects).Select(check => check.Code));
    }

    [Fact]
    public void Rejects_a_signer_that_may_not_sign()
    {
        _pki.RimLeaf.KeyUsage = X509KeyUsageFlags.KeyCertSign;
        Assert.Equal([PathCodes.DigitalSignature], Codes());
    }

    [Fact]
    public void Rejects_a_signer_that_is_a_ca()
    {
        _pki.RimLeaf.Authority = true;
        Assert.Equal([PathCodes.LeafIsCertificateAuthority], Codes());
    }

    [Fact]
    public void Rejects_an_expired_signer()
    {
        _pki.RimLeaf.NotAfter = TestChain.Epoch.AddSeconds(-1);
        Assert.Equal([PathCodes.Expired], Codes());
    }

    [Theory]
    [InlineData("xml-c14n11\"/><ds:SignatureMethod", "xml-c14n11#WithComments\"/><ds:SignatureMethod", "CanonicalizationMethod")]
    [InlineData("ecdsa-sha384", "ecdsa-sha256", "SignatureMethod")]
    [InlineData("URI=\"\"", "URI=\"#part\"", "Reference")]
    [InlineData("URI=\"\"", "URI=\"\" Type=\"x:y\"", "Reference")]
    [InlineData("xmldsig#enveloped-signature", "xmldsig#base64", "Transform")]
    [InlineData("<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>", "", "Transforms")]
    [InlineData("xmldsig-more#sha384", "xmlenc#sha256", "DigestMethod")]
    [InlineData("<ds:DigestValue>", "<ds:DigestValue>AAAA", "DigestValue")]
    [InlineData("</ds:Reference>", "</ds:Reference><ds:Reference URI=\"\"/>", "SignedInfo")]
    [InlineData("<ds:KeyInfo>", "<ds:Object/><ds:KeyInfo>", "Signature")]
    [InlineData("<ds:KeyInfo>", "<ds:KeyInfo>text", "KeyInfo")]
    [InlineData("<ds:SignatureValue>", "<ds:SignatureValue>!", "SignatureValue")]
    [InlineData("<ds:X509Data>", "<ds:X509Data><ds:X509SubjectName/>", "X509Data")]
    [InlineData("</ds:Signature>", "</ds:Signature><ns0:Entity/>", "SoftwareIdentity")]
    [InlineData("    <ns0:Entity", "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><ns0:Entity", "SoftwareIdentity")]
    [InlineData("role=\"softwareCreator tagCreator\"/>", "role=\"softwareCreator tagCreator\"><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></ns0:Entity>", "Signature")]
    public void Refuses_another_signature_profile(string old, string with, string field) => Refuses(field, Replace(old, with));

    [Theory]
    [InlineData("2015/schema.xsd\" xmlns:ns0", "2009/schema.xsd\" xmlns:ns0", "SoftwareIdentity")]
    [InlineData("corpus=\"false\"", "corpus=\"true\"", "SoftwareIdentity")]
    [InlineData("patch=\"false\"", "patch=\"true\"", "SoftwareIdentity")]
    [InlineData("supplemental=\"false\"", "supplemental=\"true\"", "SoftwareIdentity")]
    [InlineData(" tagId=\"0123\"", "", "SoftwareIdentity")]
    [InlineData("    <ns0:Entity", "    <ns0:Link/><ns0:Entity", "Link")]
    [InlineData("    <ns0:Entity", "text<ns0:Entity", "SoftwareIdentity")]
    [InlineData("softwareCreator tagCreator", "softwareCreator", "Entity")]
    [InlineData(" colloquialVersion=\"550.90.07\"", "", "Meta")]
    [InlineData(" ns1:PlatformManufacturerId=\"5703\"", "", "Meta")]
    [InlineData("edition=\"GPU\"", "edition=\"\"", "Meta")]
    [InlineData("type=\"Measurement\"", "type=\"OpaqueData\"", "Resource")]
    [InlineData("<ns0:Resource", "<ns0:File", "File")]
    [InlineData("index=\"3\"", "index=\"2\"", "Resource")]
    [InlineData("index=\"3\"", "index=\"64\"", "Resource")]
    [InlineData("index=\"3\"", "index=\"abc\"", "Resource")]
    [InlineData("index=\"3\"", "index=\"+3\"", "Resource")]
    [InlineData("index=\"3\"", "", "Resource")]
    [InlineData("active=\"True\"", "active=\"true\"", "Resource")]
    [InlineData("active=\"True\"", "", "Resource")]
    [InlineData("alternatives=\"2\"", "alternatives=\"1\"", "Resource")]
    [InlineData("alternatives=\"2\"", "alternatives=\"3\"", "Resource")]
    [InlineData("alternatives=\"2\"", "", "Resource")]
    [InlineData("ns2:Hash1", "ns2:Hash2", "Resource")]
    [InlineData("ns2:Hash0=\"00", "ns2:Hash0=\"", "Resource")]
    [InlineData("ns2:Hash0=\"0", "ns2:Hash0=\"g", "Resource")]
    [InlineData("ns2:Hash0", "Hash0", "Resource")]
    [InlineData("size=\"48\"", "size=\"32\"", "Resource")]
    [InlineData("name=\"Measurement_3\"", "", "Resource")]
    public void Refuses_another_schema(string old, string with, string field) =>
        Refuses(field, xml => Replace(old, with)(xml).Replace("<ns0:File type=\"Measurement\" index=\"0\" active=\"False\"", "<ns0:File active=\"False\"", StringComparison.Ordinal));

    [Fact]
    public void Refuses_a_manifest_without_payload() => Refuses("SoftwareIdentity", xml => xml[..xml.IndexOf("    <ns0:Payload", StringComparison.Ordinal)] + xml[(xml.IndexOf("</ns0:Payload>", StringComparison.Ordinal) + 14)..]);

    [Fact]
    public void Refuses_an_empty_payload() => Refuses("Payload", xml => xml[..xml.IndexOf("\n        <ns0:Resource", StringComparison.Ordinal)] + xml[xml.IndexOf("\n    </ns0:Payload>", StringComparison.Ordinal)..]);

    [Fact]
    public void Refuses_a_payload_that_compares_nothing()
    {
        foreach (var slot in _spec.Slots.Keys.ToList())
        {
            _spec.Slots[slot] = null;
        }

        Refuses("Payload", xml => xml);
        _spec.Slots[7] = [ReportSpec.Value(7)];
        _spec.After = xml => xml;
        Assert.Empty(Codes());
    }

    [Fact]
    public void Refuses_text_in_a_payload() => Refuses("Payload", Replace("\n        <ns0:Resource", "text<ns0:Resource"));

    [Fact]
    public void Refuses_a_manifest_without_signature() => Refuses("SoftwareIdentity", xml => xml[..xml.IndexOf("<ds:Signature", StringComparison.Ordinal)] + "</SoftwareIdentity>");

    [Fact]
    public void No_input_makes_the_reader_do_anything_but_refuse() => Fuzz.Run(33, [RimSpec.Of("550.90.07", 1, 2).Make(_pki)[..], Encoding.ASCII.GetBytes(RimSpec.Of("1.2", 1).Unsigned())], input =>
    {
        if (NvidiaRim.TryParse(input, out var rim))
        {
            Assert.InRange(rim.Measurements.Count, 1, NvidiaRim.SlotCount);
        }
    });
}
