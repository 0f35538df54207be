using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Models.Manifest;
using Amnion.Testing;

namespace Amnion.Models.Tests.Manifest;

/// <summary>Models signed by releases 0.2 to 1.1 of the reference implementation (sigstore/model-transparency).</summary>
public class OmsReferenceBundleTests
{
    const string Folder = "vectors/protocols/oms-reference-bundles";

    static readonly DateTimeOffset At = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    public static ECDsa SigningKey()
    {
        using var certificate = Certificate("signing-key-cert.pem");
        return certificate.GetECDsaPublicKey()!;
    }

    [Fact]
    public void Every_vector_has_its_expected_outcome()
    {
        foreach (var path in SharedData.ManifestFiles(Folder))
        {
            var folder = Path.GetFileName(Path.GetDirectoryName(path))!;
            var name = Path.GetFileName(path);
            switch (folder)
            {
                case "certificate":
                    CheckKeyMaterial(path);
                    break;
                case "v0.2.0-certificate" when name == "model.sig":
                    CheckLegacy(OmsBundle.Parse(File.ReadAllBytes(path)));
                    break;
                case var _ when name == "model.sig" && folder.EndsWith("-certificate", StringComparison.Ordinal):
                    CheckCertificate(OmsBundle.Parse(File.ReadAllBytes(path)));
                    break;
                case var _ when name == "model.sig" && folder.EndsWith("-elliptic-key", StringComparison.Ordinal):
                    CheckKey(OmsBundle.Parse(File.ReadAllBytes(path)));
                    break;
                case var _ when name == "model.sig" && folder.EndsWith("-sigstore", StringComparison.Ordinal):
                    var outcome = OmsBundle.Parse(File.ReadAllBytes(path)).Verify(Roots());
                    Assert.Equal(ModelCodes.MethodUnsupported, Assert.IsType<OmsVerification.Unsupported>(outcome).Problem.Code);
                    break;
                case var _ when name.StartsWith("signme-", StringComparison.Ordinal):
                    CheckSigned(path);
                    break;
                case var _ when name == "ignore-me":
                    Assert.DoesNotContain(Resources(path), resource => resource.Name == name);
                    break;
                default:
                    Assert.Fail($"Nobody reads {path}.");
                    break;
            }
        }
    }

    [Fact]
    public void A_certificate_outside_its_validity_is_refused()
    {
        var bundle = OmsBundle.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "v1.0.0-certificate", "model.sig")));
        var roots = Roots() with { At = new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        Rejected(bundle.Verify(roots), ModelCodes.CertificateChain, ModelCodes.SignatureInvalid);
    }

    [Fact]
    public void A_changed_payload_is_refused()
    {
        foreach (var name in new[] { "v1.1.0-elliptic-key", "v1.0.1-certificate" })
        {
            var json = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), name, "model.sig")))!;
            var payload = Encoding.UTF8.GetString(Convert.FromBase64String((string)json["dsseEnvelope"]!["payload"]!)).Replace("\"files\"", "\"shards\"", StringComparison.Ordinal);
            json["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload));
            using var key = SigningKey();
            OmsTrust trust = name.EndsWith("key", StringComparison.Ordinal) ? new OmsTrust.Key(key) : Roots();
            Rejected(OmsBundle.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())).Verify(trust), ModelCodes.SignatureInvalid);
        }
    }

    [Fact]
    public void Python_prints_bytes_as_the_legacy_encoding_expects()
    {
        // Python: b"DSSEV1 28 application/vnd.in-toto+json 9 " + repr(b'a\n\t\r\\\x00\xff\'"').
        Assert.Equal(
            "DSSEV1 28 application/vnd.in-toto+json 9 b'a\\n\\t\\r\\\\\\x00\\xff\\'\"'",
            Encoding.ASCII.GetString(Dsse.EncodeLegacy([(byte)'a', 10, 9, 13, 92, 0, 255, 39, 34])));
        Assert.Equal("DSSEV1 28 application/vnd.in-toto+json 1 b\"'\"", Encoding.ASCII.GetString(Dsse.EncodeLegacy("'"u8)));
    }

    static void CheckCertificate(OmsBundle bundle)
    {
        var accepted = Assert.IsType<OmsVerification.Accepted>(bundle.Verify(Roots()));
        Assert.Equal(["signme-1", "signme-2"], accepted.Statement.Resources.Select(resource => resource.Name));
        Assert.False(accepted.Statement.IsLegacy);
        Rejected(bundle.Verify(OtherRoots()), ModelCodes.CertificateChain, ModelCodes.SignatureInvalid);
        using var key = SigningKey();
        Rejected(bundle.Verify(new OmsTrust.Key(key)), ModelCodes.MethodMismatch);
    }

    static void CheckLegacy(OmsBundle bundle)
    {
        var accepted = Assert.IsType<OmsVerification.Accepted>(bundle.Verify(Roots(), allowLegacy: true));
        Assert.True(accepted.Statement.IsLegacy);
        Rejected(bundle.Verify(Roots()), ModelCodes.LegacyNotAllowed, ModelCodes.SignatureInvalid);
        Rejected(bundle.Verify(OtherRoots(), allowLegacy: true), ModelCodes.CertificateChain, ModelCodes.SignatureInvalid);
    }

    static void CheckKey(OmsBundle bundle)
    {
        using var key = SigningKey();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.IsType<OmsVerification.Accepted>(bundle.Verify(new OmsTrust.Key(key)));
        Rejected(bundle.Verify(new OmsTrust.Key(other)), ModelCodes.SignatureKeyMismatch, ModelCodes.SignatureInvalid);
        Rejected(bundle.Verify(Roots()), ModelCodes.MethodMismatch);
    }

    // Every file's digest stands in its folder's statement, under its own name or "." where it is the whole model.
    static void CheckSigned(string path)
    {
        var resources = Resources(path);
        var named = resources.Where(resource => resource.Name == Path.GetFileName(path) || resource.Name == ".");
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(path)), Assert.Single(named).Digest.AsEnumerable());
    }

    static ImmutableArray<OmsResource> Resources(string path)
    {
        var bundle = OmsBundle.Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "model.sig")));
        return OmsStatement.Parse(bundle.Payload.Span, out _)!.Resources;
    }

    // The private keys beside the certificates belong to them.
    static void CheckKeyMaterial(string path)
    {
        var name = Path.GetFileName(path);
        if (name.EndsWith("-cert.pem", StringComparison.Ordinal))
        {
            using var certificate = Certificate(name);
            Assert.True(certificate.NotAfter > At.UtcDateTime);
            return;
        }

        using var owner = Certificate(name.Replace("-priv", "-cert", StringComparison.Ordinal).Replace("key-pub", "key-cert", StringComparison.Ordinal).Replace("key.pem", "key-cert.pem", StringComparison.Ordinal));
        using AsymmetricAlgorithm key = name.StartsWith("signing", StringComparison.Ordinal) ? ECDsa.Create() : RSA.Create();
        key.ImportFromPem(File.ReadAllText(path));
        Assert.Equal(owner.PublicKey.ExportSubjectPublicKeyInfo(), key.ExportSubjectPublicKeyInfo());
    }

    static OmsTrust.Roots Roots() => new([Certificate("ca-cert.pem")], At);

    static OmsTrust.Roots OtherRoots()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return new([request.CreateSelfSigned(At.AddYears(-1), At.AddYears(1))], At);
    }

    static X509Certificate2 Certificate(string name) =>
        X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(SharedData.Folder(Folder), "keys", "certificate", name)));

    static void Rejected(OmsVerification outcome, params string[] codes) => Assert.Equal(codes, Assert.IsType<OmsVerification.Rejected>(outcome).Problems.Select(problem => problem.Code));
}
