using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>Tokens and claim sets of other services: recognised, decoded in full, and never more than that.</summary>
public sealed class AttestationTokenTests
{
    public static TheoryData<string> Cases => TokenVectors.Identifiers;

    static string Field(AttestationToken token, string name) => token.Fields.Single(field => field.Name == name).Value;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_published_case_is_recognised_and_decoded(string id)
    {
        var token = AttestationToken.Parse(TokenVectors.Read(id));
        Assert.NotEqual(AttestationTokenKind.Unknown, token.Kind);
        Assert.NotEmpty(token.Fields);
    }

    [Theory]
    [InlineData("confidential-containers-example-token-json", AttestationTokenKind.Ear, "submods.cpu0.ear.trustworthiness-vector.hardware", "97")]
    [InlineData("confidential-containers-example-token-json", AttestationTokenKind.Ear, "submods.cpu0.ear.veraison.annotated-evidence.sgx.advisory_ids.0", "INTEL-SA-00586")]
    [InlineData("confidential-containers-evidence-json", AttestationTokenKind.SnpEvidence, "attestation_report.current_tcb.microcode", "25")]
    [InlineData("confidential-containers-parse-tdx-claims-expected-json", AttestationTokenKind.TdxClaims, "td_attributes.debug", "true")]
    [InlineData("veraison-psa-good-json", AttestationTokenKind.EarAppraisals, "PSA_IOT.ear.status", "affirming")]
    [InlineData("veraison-psa-freshness-fail-json", AttestationTokenKind.EarAppraisals, "PSA_IOT.ear.trustworthiness-vector.executables", "99")]
    [InlineData("nvidia-hopperclaimsv3-detached-eat-json", AttestationTokenKind.NrasBundle, "overall.x-nvidia-overall-att-result", "true")]
    [InlineData("nvidia-hopperclaimsv3-detached-eat-json", AttestationTokenKind.NrasBundle, "GPU-0.measres", "success")]
    [InlineData("nvidia-hopperclaimsv3-detached-eat-json", AttestationTokenKind.NrasBundle, "GPU-0.header.alg", "ES384")]
    [InlineData("nvidia-hopperclaimsv3-decoded-json", AttestationTokenKind.NrasClaims, "GPU-0.x-nvidia-gpu-driver-rim-cert-chain.x-nvidia-cert-ocsp-status", "good")]
    public void Published_values_are_decoded(string id, AttestationTokenKind kind, string name, string value)
    {
        var token = AttestationToken.Parse(TokenVectors.Read(id));
        Assert.Equal((kind, value), (token.Kind, Field(token, name)));
    }

    [Fact]
    public void The_bundles_claims_are_those_that_nvidia_publishes_decoded()
    {
        var bundle = AttestationToken.Parse(TokenVectors.Read("nvidia-hopperclaimsv3-detached-eat-json"));
        var decoded = AttestationToken.Parse(TokenVectors.Read("nvidia-hopperclaimsv3-decoded-json"));
        Assert.Equal(decoded.Fields, bundle.Fields.Where(field => field.Name.StartsWith("GPU-0.", StringComparison.Ordinal) && !field.Name.Contains(".header.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_published_key_chain_is_a_key()
    {
        var bytes = TokenVectors.Read("confidential-dot-ai-nras-gpu-x5c-chain-json");
        Assert.Equal(AttestationTokenKind.KeyChain, AttestationToken.Parse(bytes).Kind);
        Assert.Equal("ES384", Assert.Single(TokenKey.ParseSet(bytes)).EcdsaAlgorithm());
        // The sample bundle is older than this key: it must not verify under it.
        var keys = TokenKey.ParseSet(bytes);
        var found = NrasAppraiser.Appraise(TokenVectors.Read("nvidia-hopperclaimsv3-detached-eat-json"), keys, NrasSpec.Sample);
        Assert.Equal([TokenCodes.NrasSignature], found.Checks.Failed());
        Assert.Empty(found.Fields);
    }

    [Theory]
    [InlineData("gcp/oak-confidential-space-claims/claims.json", "disabled-since-boot")]
    [InlineData("gcp/oak-confidential-space-debug_claims/debug_claims.json", "enabled")]
    public void Google_confidential_space_claims_are_recognised(string path, string debug)
    {
        var token = AttestationToken.Parse(TokenVectors.ReadAt(path));
        Assert.Equal((AttestationTokenKind.ConfidentialSpace, debug), (token.Kind, Field(token, "dbgstat")));
    }

    [Theory]
    [InlineData("""{"x-ms-attestation-type":"sevsnpvm","x-ms-ver":"1.0"}""", AttestationTokenKind.AzureAttestation)]
    [InlineData("""{"iss":"https://portal.trustauthority.intel.com","tdx":{"tdx_mrtd":"00"}}""", AttestationTokenKind.IntelTrustAuthority)]
    [InlineData("""{"iss":"https://confidentialcomputing.googleapis.com"}""", AttestationTokenKind.ConfidentialSpace)]
    [InlineData("""{"x-nvidia-ver":"2.0","x-nvidia-gpu-arch-check":true}""", AttestationTokenKind.NrasClaims)]
    [InlineData("""{"eat_nonce":"AAECAwQFBgc"}""", AttestationTokenKind.Eat)]
    [InlineData("""{"some":"thing"}""", AttestationTokenKind.Eat)]
    public void A_signed_token_is_recognised_by_its_claims_and_verifies_under_its_key_alone(string claims, AttestationTokenKind kind)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = AttestationToken.Parse(Encoding.ASCII.GetBytes(TokenSpec.Raw("""{"alg":"ES256","kid":"k"}""", claims)));
        Assert.Equal(kind, token.Kind);
        Assert.True(token.IsSigned);
        Assert.True(token.VerifySignature(TokenKey.From(TokenSpec.P256)));
        Assert.False(token.VerifySignature(TokenKey.From(other)));
        Assert.Equal("k", Field(token, "header.kid"));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS384")]
    public void Rsa_signatures_of_cloud_services_verify_with_keys_of_2048_bits_or_more(string algorithm)
    {
        var padding = algorithm[0] == 'R' ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
        var hash = algorithm.EndsWith("256", StringComparison.Ordinal) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        foreach (var (bits, good) in new[] { (2048, true), (1024, false) })
        {
            using var key = RSA.Create(bits);
            var parts = TokenSpec.Raw($$"""{"alg":"{{algorithm}}"}""", """{"x-ms-ver":"1.0"}""").Split('.');
            var signature = key.SignData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), hash, padding);
            var token = AttestationToken.Parse(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}"));
            Assert.Equal(good, token.VerifySignature(new TokenKey { SubjectPublicKeyInfo = key.ExportSubjectPublicKeyInfo() }));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"ear_verifier_id\":{}}")]
    [InlineData("[[\"JWT\",\"a.b.c\"],{}]")]
    public void Anything_else_is_refused(string text) => Assert.Throws<TokenFormatException>(() => AttestationToken.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void An_object_of_another_kind_is_told_apart() => Assert.Equal(AttestationTokenKind.Unknown, AttestationToken.Parse("{\"some\":\"thing\"}"u8).Kind);

    [Fact]
    public void Key_sets_keep_the_keys_that_can_be_used()
    {
        using var json = JsonDocument.Parse(TokenKeyJson());
        var keys = TokenKey.ParseSet(TokenKeyJson());
        Assert.Equal("one", Assert.Single(keys).KeyId);
        Assert.True(keys[0].SubjectPublicKeyInfo.Span.SequenceEqual(TokenSpec.P256.ExportSubjectPublicKeyInfo()));
        Assert.Throws<TokenFormatException>(() => TokenKey.ParseSet("{\"keys\":{}}"u8));
        Assert.Throws<TokenFormatException>(() => TokenKey.ParseSet("[]"u8));
        Assert.Throws<TokenFormatException>(() => TokenKey.ParseSet(Encoding.UTF8.GetBytes($"{{\"keys\":[{string.Join(',', Enumerable.Repeat("{}", 65))}]}}")));
    }

    static byte[] TokenKeyJson()
    {
        var point = TokenSpec.P256.ExportParameters(false).Q;
        string Text(byte[] value) => System.Buffers.Text.Base64Url.EncodeToString(value);
        return Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"{{Text(point.X!)}}","y":"{{Text(point.Y!)}}"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"oct","k":"AA"},{"x5c":["AA=="]},7]}""");
    }
}
