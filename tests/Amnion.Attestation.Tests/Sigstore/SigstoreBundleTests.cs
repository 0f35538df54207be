using System.Text;
using System.Text.Json.Nodes;
using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>What is a bundle or trusted root, and what is not.</summary>
public sealed class SigstoreBundleTests
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "unknown member", "$" },
        { "unknown member inside", "$.verificationMaterial.tlogEntries[0]" },
        { "version 0.4", "$.mediaType" },
        { "two contents", "$.dsseEnvelope" },
        { "no content", "$.dsseEnvelope" },
        { "two signers", "$.verificationMaterial.certificate" },
        { "chain in version 0.3", "$.verificationMaterial.x509CertificateChain" },
        { "url-safe base64", "$.dsseEnvelope.payload" },
        { "base64 without padding", "$.dsseEnvelope.payload" },
        { "base64 with spare bits", "$.dsseEnvelope.payload" },
        { "base64 with line break", "$.dsseEnvelope.payload" },
        { "negative index", "$.verificationMaterial.tlogEntries[0].logIndex" },
        { "index with leading zero", "$.verificationMaterial.tlogEntries[0].logIndex" },
        { "short hash", "$.verificationMaterial.tlogEntries[0].inclusionProof.hashes" },
        { "too many entries", "$.verificationMaterial.tlogEntries" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_bundle_that_breaks_the_format_is_refused_at_its_field(string what, string field)
    {
        var test = new TestSigstore { ChangeBundle = bundle => Break(bundle, what) };
        var json = Encoding.UTF8.GetBytes(test.Bundle().ToJsonString());
        var exception = Assert.Throws<SigstoreFormatException>(() => SigstoreBundle.Parse(json));
        Assert.Equal(field, exception.Field);
        Assert.Equal(SigstoreCodes.BundleMalformed, exception.Code);
        Assert.False(SigstoreBundle.TryParse(json, out _));
    }

    [Theory]
    [InlineData("{\"mediaType\":1,\"mediaType\":2}")]
    [InlineData("{} {}")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\\ud800\":1}")]
    public void Text_that_is_no_strict_object_is_refused(string json) =>
        Assert.Equal(SigstoreCodes.BundleMalformed, Assert.Throws<SigstoreFormatException>(() => SigstoreBundle.Parse(Encoding.UTF8.GetBytes(json))).Code);

    [Fact]
    public void Numbers_may_stand_with_or_without_quotes()
    {
        var test = new TestSigstore { ChangeBundle = bundle => bundle["verificationMaterial"]!["tlogEntries"]![0]!["logIndex"] = 41 };
        Assert.True(test.Verify().Accepted);
    }

    public static TheoryData<string> MalformedRoots => ["start", "unknown member", "media type", "hash", "address", "certificate", "empty chain", "period"];

    [Theory]
    [MemberData(nameof(MalformedRoots))]
    public void A_trusted_root_that_breaks_the_format_is_refused(string what)
    {
        var test = new TestSigstore { ChangeRoot = root => BreakRoot(root, what) };
        Assert.Equal(SigstoreCodes.TrustedRootMalformed, Assert.Throws<SigstoreFormatException>(() => SigstoreTrustedRoot.Parse(test.Root())).Code);
        Assert.Equal([SigstoreCodes.TrustedRootMalformed], test.Verify().Failures.Select(check => check.Code));
    }

    [Theory]
    [InlineData("2020-01-01T00:00:00.")]
    [InlineData("2020-01-01T00:00:00.5")]
    [InlineData("2020-01-01T00:00:00.Z")]
    [InlineData("2020-01-01T00:00:00")]
    [InlineData(".")]
    [InlineData("2020-01-01T00:00:00.0000000001Z")]
    public void A_time_that_is_not_of_rfc_3339_in_utc_is_refused(string time)
    {
        var test = new TestSigstore { ChangeRoot = root => root["tlogs"]![0]!["publicKey"]!["validFor"]!["start"] = time };
        Assert.Equal(SigstoreCodes.TrustedRootMalformed, Assert.Throws<SigstoreFormatException>(() => SigstoreTrustedRoot.Parse(test.Root())).Code);
    }

    [Fact]
    public void A_malformed_root_and_a_malformed_bundle_are_both_named() =>
        Assert.Equal([SigstoreCodes.TrustedRootMalformed, SigstoreCodes.BundleMalformed], SigstoreVerifier.Verify("x"u8, "x"u8, new SigstorePolicy(), new SigstoreContext { Now = TestSigstore.Signed }).Failures.Select(check => check.Code));

    static void BreakRoot(JsonObject root, string what)
    {
        var log = root["tlogs"]![0]!;
        var authority = root["certificateAuthorities"]![0]!;
        switch (what)
        {
            case "start":
                log["publicKey"]!["validFor"]!.AsObject().Remove("start");
                break;
            case "unknown member":
                log["weight"] = 1;
                break;
            case "media type":
                root["mediaType"] = "application/json";
                break;
            case "hash":
                log["hashAlgorithm"] = "SHA2_512";
                break;
            case "address":
                log["baseUrl"] = "log";
                break;
            case "certificate":
                authority["certChain"]!["certificates"]![0]!["rawBytes"] = "MAA=";
                break;
            case "empty chain":
                authority["certChain"]!["certificates"] = new JsonArray();
                break;
            default:
                authority["validFor"]!["start"] = "2020-01-01T00:00:00+01:00";
                break;
        }
    }

    static void Break(JsonObject bundle, string what)
    {
        var material = bundle["verificationMaterial"]!;
        var entry = material["tlogEntries"]![0]!;
        var envelope = bundle["dsseEnvelope"]!;
        switch (what)
        {
            case "unknown member":
                bundle["note"] = "x";
                break;
            case "unknown member inside":
                entry["note"] = "x";
                break;
            case "version 0.4":
                bundle["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.4+json";
                break;
            case "two contents":
                bundle["messageSignature"] = new JsonObject { ["signature"] = "AAAA" };
                break;
            case "no content":
                bundle.Remove("dsseEnvelope");
                break;
            case "two signers":
                material["publicKey"] = new JsonObject();
                break;
            case "chain in version 0.3":
                material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(material["certificate"]!.DeepClone()) };
                material.AsObject().Remove("certificate");
                break;
            case "url-safe base64":
                envelope["payload"] = "_-8=";
                break;
            case "base64 without padding":
                envelope["payload"] = "AA";
                break;
            case "base64 with spare bits":
                envelope["payload"] = "AB==";
                break;
            case "base64 with line break":
                envelope["payload"] = "AA==\n\n\n\n";
                break;
            case "negative index":
                entry["logIndex"] = -1;
                break;
            case "index with leading zero":
                entry["logIndex"] = "041";
                break;
            case "short hash":
                entry["inclusionProof"]!["hashes"]![0] = "AAAA";
                break;
            default:
                Enumerable.Range(0, SigstoreBundle.MaxEntries).ToList().ForEach(_ => material["tlogEntries"]!.AsArray().Add(entry.DeepClone()));
                break;
        }
    }
}
