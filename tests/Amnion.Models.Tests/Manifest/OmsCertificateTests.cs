using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Models.Manifest;

namespace Amnion.Models.Tests.Manifest;

/// <summary>The certificate method with chains made here.</summary>
public sealed class OmsCertificateTests : IDisposable
{
    const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    static readonly DateTimeOffset At = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    readonly X509Certificate2 _root;

    public OmsCertificateTests()
    {
        var request = new CertificateRequest("CN=test root", _rootKey, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(At.AddYears(-1), At.AddYears(1));
    }

    public void Dispose()
    {
        _root.Dispose();
        _rootKey.Dispose();
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.DigitalSignature, CodeSigning, true)]
    [InlineData(X509KeyUsageFlags.KeyAgreement, CodeSigning, false)]
    [InlineData(X509KeyUsageFlags.None, CodeSigning, false)]
    [InlineData(X509KeyUsageFlags.DigitalSignature, "1.3.6.1.5.5.7.3.1", false)]
    [InlineData(X509KeyUsageFlags.DigitalSignature, null, false)]
    public void Only_a_certificate_that_may_sign_code_is_accepted(X509KeyUsageFlags usage, string? purpose, bool accepted)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256);
        if (usage != X509KeyUsageFlags.None)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        }

        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        }

        Check(request, key, accepted ? [] : [ModelCodes.CertificateChain, ModelCodes.SignatureInvalid]);
    }

    [Theory]
    [InlineData("1.3.132.0.10")]
    [InlineData("1.3.36.3.3.2.8.1.1.7")]
    public void A_certificate_of_another_curve_is_refused(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        var request = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CodeSigning)], false));
        Check(request, key, ModelCodes.SignatureInvalid);
    }

    [Fact]
    public void A_certificate_of_an_rsa_key_is_refused()
    {
        using var rsa = RSA.Create(2048);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=signer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CodeSigning)], false));
        Check(request, key, ModelCodes.CertificateChain, ModelCodes.SignatureInvalid);
    }

    void Check(CertificateRequest request, ECDsa key, params string[] codes)
    {
        using var leaf = request.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), At.AddDays(-1), At.AddDays(1), [1, 2, 3]);
        var json = JsonNode.Parse(ModelSignature.Sign(TestManifests.Manifest, _rootKey))!;
        var signature = key.SignData(Dsse.Encode(TestManifests.Manifest.Bytes.Span), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        json["dsseEnvelope"]!["signatures"]![0]!["sig"] = Convert.ToBase64String(signature);
        json["verificationMaterial"] = new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(new JsonObject { ["rawBytes"] = Convert.ToBase64String(leaf.RawData) }) },
        };
        var outcome = OmsBundle.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())).Verify(new OmsTrust.Roots([_root], At));
        Assert.Equal(codes, outcome is OmsVerification.Rejected rejected ? rejected.Problems.Select(problem => problem.Code) : []);
        Assert.Equal(codes.Length == 0, outcome is OmsVerification.Accepted);
    }
}
