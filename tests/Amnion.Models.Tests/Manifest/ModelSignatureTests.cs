using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Models.Tests.Manifest;

public class ModelSignatureTests
{
    static readonly ECDsa Signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    static Digest SignerDigest => Digest.Sha256(Signer.ExportSubjectPublicKeyInfo());

    [Theory]
    [InlineData("1.2.840.10045.3.1.7")]
    [InlineData("1.3.132.0.34")]
    [InlineData("1.3.132.0.35")]
    public void What_is_signed_verifies_by_key_and_by_its_digest(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        var bundle = ModelSignature.Sign(TestManifests.Manifest, key);
        var accepted = Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(bundle, TestManifests.Manifest, key));
        Assert.Equal("clinic-demo", accepted.Statement.Name);
        Assert.Equal(["LICENSE", "model.gguf"], accepted.Statement.Resources.Select(resource => resource.Name));
        Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(bundle, TestManifests.Manifest, Digest.Sha256(key.ExportSubjectPublicKeyInfo())));
    }

    [Theory]
    [InlineData("1.3.132.0.10")]
    [InlineData("1.3.36.3.3.2.8.1.1.7")]
    public void A_key_on_another_curve_of_the_same_size_does_not_sign(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        Assert.Equal(256, key.KeySize);
        Assert.Throws<ArgumentException>(() => ModelSignature.Sign(TestManifests.Manifest, key));
    }

    [Fact]
    public void Another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bundle = ModelSignature.Sign(TestManifests.Manifest, Signer);
        Rejected(ModelSignature.Verify(bundle, TestManifests.Manifest, other), ModelCodes.SignatureKeyMismatch, ModelCodes.SignatureInvalid);
        Rejected(ModelSignature.Verify(bundle, TestManifests.Manifest, Digest.Sha256(other.ExportSubjectPublicKeyInfo())), ModelCodes.SignatureKeyMismatch);
    }

    [Fact]
    public void A_bundle_of_another_manifest_is_refused()
    {
        var other = new ModelManifest(TestManifests.Content with { KeyId = "other" });
        Rejected(ModelSignature.Verify(ModelSignature.Sign(other, Signer), TestManifests.Manifest, Signer), ModelCodes.SignedOtherManifest);
    }

    [Fact]
    public void A_bundle_that_carries_no_key_does_not_verify_by_digest()
    {
        var bundle = Edit(json => ((JsonObject)json["verificationMaterial"]!["publicKey"]!).Remove("rawBytes"));
        Rejected(ModelSignature.Verify(bundle, TestManifests.Manifest, SignerDigest), ModelCodes.SignatureKeyMismatch);
        Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(bundle, TestManifests.Manifest, Signer));
    }

    [Fact]
    public void Every_flipped_bit_of_the_bundle_is_refused()
    {
        var bundle = ModelSignature.Sign(TestManifests.Manifest, Signer);
        var payload = Encoding.UTF8.GetString(bundle).IndexOf("\"payload\"", StringComparison.Ordinal);
        var afterPayload = Encoding.UTF8.GetString(bundle).IndexOf("\"payloadType\"", StringComparison.Ordinal);

        // Every bit of everything else; of the payload's base64, which is most of it, every eleventh.
        for (var bit = 0; bit < bundle.Length * 8; bit += bit / 8 > payload + 20 && bit / 8 < afterPayload - 20 ? 11 : 1)
        {
            bundle[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.IsType<OmsVerification.Rejected>(ModelSignature.Verify(bundle, TestManifests.Manifest, SignerDigest));
            }
            catch (BundleFormatException e)
            {
                Assert.Equal(ModelCodes.BundleLayout, e.Code);
            }

            bundle[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Respelled_bundles_say_the_same_and_so_are_accepted()
    {
        // Documented in docs/specs/sealed-model.md: a bundle's bytes are not an identity.
        var bundle = ModelSignature.Sign(TestManifests.Manifest, Signer);
        var spaced = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bundle).Replace(":", ": ", StringComparison.Ordinal).Replace("https: ", "https:", StringComparison.Ordinal));
        Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(spaced, TestManifests.Manifest, SignerDigest));
        Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(Edit(Malleate), TestManifests.Manifest, SignerDigest));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.2+json\"}")]
    public void What_is_no_bundle_is_malformed(string json) => Malformed(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Bundles_that_break_the_layout_are_malformed()
    {
        Malformed(Edit(json => ((JsonObject)json).Remove("mediaType")));
        Malformed(Edit(json => json["extra"] = 1));
        Malformed(Edit(json => json["dsseEnvelope"]!["payloadType"] = "text/plain"));
        Malformed(Edit(json => json["dsseEnvelope"]!["payload"] = ""));
        Malformed(Edit(json => json["dsseEnvelope"]!["payload"] = "a b="));
        Malformed(Edit(json => json["dsseEnvelope"]!["signatures"] = new JsonArray()));
        Malformed(Edit(json => ((JsonArray)json["dsseEnvelope"]!["signatures"]!).Add(new JsonObject { ["sig"] = "AAAA" })));
        Malformed(Edit(json => json["dsseEnvelope"]!["signatures"]![0]!["sig"] = "AAA"));
        Malformed(Edit(json => json["dsseEnvelope"]!["signatures"]![0]!["sig"] = "AAB="));
        Malformed(Edit(json => json["verificationMaterial"]!["publicKey"] = new JsonObject()));
        Malformed(Edit(json => json["verificationMaterial"]!["certificate"] = new JsonObject { ["rawBytes"] = "AAAA" }));
        Malformed(Edit(json => json["verificationMaterial"] = new JsonObject { ["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray() } }));
    }

    [Fact]
    public void A_signature_that_is_no_signature_is_refused()
    {
        Rejected(ModelSignature.Verify(Edit(json => json["dsseEnvelope"]!["signatures"]![0]!["sig"] = "AAAA"), TestManifests.Manifest, Signer), ModelCodes.SignatureInvalid);
    }

    [Fact]
    public void Garbage_for_certificates_is_refused()
    {
        var bundle = OmsBundle.Parse(Edit(json => json["verificationMaterial"] = new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(new JsonObject { ["rawBytes"] = "AAAA" }) },
        }));
        Rejected(bundle.Verify(new OmsTrust.Roots([], DateTimeOffset.UnixEpoch)), ModelCodes.CertificateChain, ModelCodes.SignatureInvalid);
        Rejected(bundle.Verify(new OmsTrust.Key(Signer)), ModelCodes.MethodMismatch);
    }

    [Fact]
    public void No_altered_bundle_does_anything_but_be_refused_or_accepted()
    {
        var original = ModelSignature.Sign(TestManifests.Manifest, Signer);
        var random = new Random(11);
        for (var i = TestModels.FuzzIterations(1500); i > 0; i--)
        {
            var bytes = original.ToArray();
            var at = random.Next(bytes.Length);
            bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Fill((byte)random.Next(256));
            try
            {
                _ = ModelSignature.Verify(bytes, TestManifests.Manifest, SignerDigest);
            }
            catch (BundleFormatException)
            {
                // Refused is what most of them should be.
            }
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_bundle_is_refused()
    {
        var bundle = ModelSignature.Sign(TestManifests.Manifest, Signer);
        Assert.IsType<OmsVerification.Accepted>(ModelSignature.Verify(bundle, TestManifests.Manifest, SignerDigest));
        var step = TestModels.Exhaustive ? 1 : 7;
        var accepted = new List<string>();
        for (var bit = 0; bit < bundle.Length * 8; bit += step)
        {
            bundle[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                if (ModelSignature.Verify(bundle, TestManifests.Manifest, SignerDigest) is OmsVerification.Accepted)
                {
                    accepted.Add(Encoding.UTF8.GetString(bundle, Math.Max(0, (bit / 8) - 12), 24));
                }
            }
            catch (BundleFormatException)
            {
                // Refused before any signature is looked at.
            }

            bundle[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Empty(accepted);
    }

    // (r, s) and (r, n − s) both verify; nobody needs the key to make one from the other.
    static void Malleate(JsonNode json)
    {
        var signature = json["dsseEnvelope"]!["signatures"]![0]!;
        var reader = new AsnReader(Convert.FromBase64String((string)signature["sig"]!), AsnEncodingRules.DER).ReadSequence();
        var r = reader.ReadInteger();
        var order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(order - reader.ReadInteger());
        }

        signature["sig"] = Convert.ToBase64String(writer.Encode());
    }

    static byte[] Edit(Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(ModelSignature.Sign(TestManifests.Manifest, Signer))!;
        edit(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    static void Malformed(byte[] bundle) => Assert.Equal(ModelCodes.BundleLayout, Assert.Throws<BundleFormatException>(() => OmsBundle.Parse(bundle)).Code);

    static void Rejected(OmsVerification outcome, params string[] codes) => Assert.Equal(codes, Assert.IsType<OmsVerification.Rejected>(outcome).Problems.Select(problem => problem.Code));
}
