using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>NVIDIA's bundles are appraised claim by claim: that one is there is never enough.</summary>
public sealed class NrasAppraiserTests
{
    static TokenVerification Appraise(byte[] bundle, Func<NrasExpectation, NrasExpectation>? change = null) =>
        NrasAppraiser.Appraise(bundle, [NrasSpec.Key], change?.Invoke(NrasSpec.Sample) ?? NrasSpec.Sample);

    [Fact]
    public void A_good_bundle_is_accepted()
    {
        var found = Appraise(NrasSpec.Bundle(), expected => expected with { Devices = 1, DriverVersions = ["550.90.07"], FirmwareVersions = ["96.00.9F.00.01"], Models = ["GH100 A01 GSP BROM"] });
        Assert.Empty(found.Failures);
        Assert.True(found.Accepted);
        Assert.Equal("success", found.Fields.Single(field => field.Name == "GPU-0.measres").Value);
    }

    [Fact]
    public void The_published_bundle_passes_every_check_but_the_signature_that_needs_a_key()
    {
        var found = NrasAppraiser.Appraise(TokenVectors.Read("nvidia-hopperclaimsv3-detached-eat-json"), [], NrasSpec.Sample);
        Assert.Empty(found.Checks.Failed());
        Assert.Equal([TokenCodes.NrasSignature], found.Checks.Missed());
        Assert.Equal([TokenCodes.NrasSignature], found.Failures.Select(check => check.Code));
        Assert.False(found.Accepted);
        Assert.Empty(found.Fields);
    }

    public static TheoryData<string, string, string> DeviceClaims => new()
    {
        { "measres", "\"fail\"", TokenCodes.NrasMeasurements },
        { "measres", "true", TokenCodes.NrasMeasurements },
        { "secboot", "false", TokenCodes.NrasSecureBoot },
        { "secboot", "\"true\"", TokenCodes.NrasSecureBoot },
        { "dbgstat", "\"enabled\"", TokenCodes.NrasDebug },
        { "dbgstat", "null", TokenCodes.NrasDebug },
        { "iss", "\"https://nras.example\"", TokenCodes.NrasIssuer },
        { "eat_nonce", "\"00\"", TokenCodes.NrasNonce },
        { "exp", "1749601859", TokenCodes.NrasTime },
        { "exp", "1749605458.5", TokenCodes.NrasTime },
        { "iat", "1749605458", TokenCodes.NrasTime },
        { "nbf", "1749605458", TokenCodes.NrasTime },
        { "x-nvidia-gpu-attestation-report-nonce-match", "false", TokenCodes.NrasReport },
        { "x-nvidia-gpu-attestation-report-signature-verified", "false", TokenCodes.NrasReport },
        { "x-nvidia-gpu-attestation-report-cert-chain-fwid-match", "false", TokenCodes.NrasReport },
        { "x-nvidia-gpu-attestation-report-parsed", "false", TokenCodes.NrasReport },
        { "x-nvidia-gpu-arch-check", "false", TokenCodes.NrasReport },
        { "x-nvidia-gpu-driver-rim-signature-verified", "false", TokenCodes.NrasReferenceValues },
        { "x-nvidia-gpu-vbios-rim-fetched", "false", TokenCodes.NrasReferenceValues },
        { "x-nvidia-gpu-vbios-rim-measurements-available", "false", TokenCodes.NrasReferenceValues },
        { "x-nvidia-gpu-vbios-index-no-conflict", "false", TokenCodes.NrasReferenceValues },
        { "x-nvidia-gpu-attestation-report-cert-chain", "{\"x-nvidia-cert-status\":\"valid\",\"x-nvidia-cert-ocsp-status\":\"revoked\"}", TokenCodes.NrasCertificates },
        { "x-nvidia-gpu-driver-rim-cert-chain", "{\"x-nvidia-cert-status\":\"expired\",\"x-nvidia-cert-ocsp-status\":\"good\"}", TokenCodes.NrasCertificates },
        { "x-nvidia-gpu-vbios-rim-cert-chain", "true", TokenCodes.NrasCertificates },
        { "x-nvidia-gpu-driver-rim-cert-chain", "{\"x-nvidia-cert-status\":\"valid\",\"x-nvidia-cert-ocsp-status\":\"good\",\"x-nvidia-cert-revocation-reason\":\"keyCompromise\"}", TokenCodes.NrasCertificates },
        { "x-nvidia-mismatch-measurement-records", "[{\"index\":9}]", TokenCodes.NrasMeasurements },
        { "x-nvidia-gpu-driver-rim-schema-validated", "null", TokenCodes.NrasReferenceValues },
        { "x-nvidia-attestation-warning", "\"driver is old\"", TokenCodes.NrasWarning },
    };

    [Theory]
    [MemberData(nameof(DeviceClaims))]
    public void A_claim_that_is_not_as_it_should_be_is_refused_by_its_code(string name, string value, string code) =>
        Assert.Equal([code], Appraise(NrasSpec.Bundle(claims => claims[name] = JsonNode.Parse(value))).Checks.Failed());

    [Theory]
    [InlineData("measres", TokenCodes.NrasMeasurements)]
    [InlineData("secboot", TokenCodes.NrasSecureBoot)]
    [InlineData("dbgstat", TokenCodes.NrasDebug)]
    [InlineData("eat_nonce", TokenCodes.NrasNonce)]
    [InlineData("exp", TokenCodes.NrasTime)]
    [InlineData("iss", TokenCodes.NrasIssuer)]
    [InlineData("x-nvidia-gpu-arch-check", TokenCodes.NrasReport)]
    [InlineData("x-nvidia-gpu-driver-rim-fetched", TokenCodes.NrasReferenceValues)]
    [InlineData("x-nvidia-gpu-vbios-index-no-conflict", TokenCodes.NrasReferenceValues)]
    [InlineData("x-nvidia-gpu-driver-rim-cert-chain", TokenCodes.NrasCertificates)]
    public void A_claim_that_is_missing_counts_as_not_so(string name, string code) =>
        Assert.Equal([code], Appraise(NrasSpec.Bundle(claims => claims.Remove(name))).Checks.Failed());

    [Fact]
    public void The_services_own_result_must_be_positive_and_is_not_enough()
    {
        Assert.Equal([TokenCodes.NrasOverall], Appraise(NrasSpec.Bundle(overall: claims => claims["x-nvidia-overall-att-result"] = false)).Checks.Failed());
        Assert.Equal([TokenCodes.NrasOverall], Appraise(NrasSpec.Bundle(overall: claims => claims.Remove("x-nvidia-overall-att-result"))).Checks.Failed());
        Assert.Equal([TokenCodes.NrasMeasurements], Appraise(NrasSpec.Bundle(claims => claims["measres"] = "fail")).Checks.Failed());
    }

    [Fact]
    public void Devices_are_bound_by_the_overall_tokens_digests()
    {
        Assert.Equal([TokenCodes.NrasBinding], Appraise(NrasSpec.Bundle(rebind: false)).Checks.Failed());
        Assert.Equal([TokenCodes.NrasBinding], Appraise(NrasSpec.Bundle(overall: claims => claims["submods"]!.AsObject().Remove("GPU-0"))).Checks.Failed());
        Assert.Equal([TokenCodes.NrasBinding], Appraise(NrasSpec.Bundle(overall: claims => claims["submods"]!["GPU-1"] = new JsonArray("DIGEST", new JsonArray("SHA-256", "00")))).Checks.Failed());
        Assert.Equal([TokenCodes.NrasBinding], Appraise(NrasSpec.Bundle(overall: claims => claims.Remove("submods"))).Checks.Failed());
    }

    [Fact]
    public void A_bundle_without_devices_proves_nothing()
    {
        var bundle = JsonNode.Parse(NrasSpec.Bundle(overall: claims => claims["submods"] = new JsonObject()))!.AsArray();
        bundle[1] = new JsonObject();
        var failed = Appraise(Encoding.UTF8.GetBytes(bundle.ToJsonString())).Checks.Failed();
        Assert.Equal([TokenCodes.NrasDevices, TokenCodes.NrasMeasurements, TokenCodes.NrasSecureBoot, TokenCodes.NrasDebug], failed[..4]);
    }

    [Fact]
    public void Every_device_counts()
    {
        var bad = NrasSpec.Device;
        bad["measres"] = "fail";
        Assert.Equal([TokenCodes.NrasMeasurements], Appraise(NrasSpec.Bundle(more: bad)).Checks.Failed());
        Assert.Equal([TokenCodes.NrasDevices], Appraise(NrasSpec.Bundle(more: NrasSpec.Device), expected => expected with { Devices = 1 }).Checks.Failed());
        Assert.True(Appraise(NrasSpec.Bundle(more: NrasSpec.Device), expected => expected with { Devices = 2 }).Accepted);
    }

    [Fact]
    public void A_switch_is_appraised_by_its_own_claims()
    {
        Assert.True(Appraise(NrasSpec.Bundle(more: NrasSpec.Switch)).Accepted);
        var bad = NrasSpec.Switch;
        bad["x-nvidia-switch-bios-rim-signature-verified"] = false;
        Assert.Equal([TokenCodes.NrasReferenceValues], Appraise(NrasSpec.Bundle(more: bad)).Checks.Failed());
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"ES384","crit":["x"]}""")]
    public void Algorithms_and_critical_headers_that_are_not_known_are_refused(string header) =>
        Assert.Equal([TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature], Appraise(NrasSpec.Bundle(header: header)).Checks.Failed());

    [Fact]
    public void A_token_by_another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal([TokenCodes.NrasSignature], NrasAppraiser.Appraise(NrasSpec.Bundle(), [TokenKey.From(other)], NrasSpec.Sample).Checks.Failed());
        Assert.Equal([TokenCodes.NrasSignature], NrasAppraiser.Appraise(NrasSpec.Bundle(), [NrasSpec.Key with { KeyId = "other" }], NrasSpec.Sample).Checks.Failed());
        Assert.True(NrasAppraiser.Appraise(NrasSpec.Bundle(), [TokenKey.From(other, "k"), NrasSpec.Key], NrasSpec.Sample).Accepted);
    }

    [Fact]
    public void Without_a_nonce_nothing_is_fresh() =>
        Assert.Equal([TokenCodes.NrasNonce], Appraise(NrasSpec.Bundle(), expected => expected with { Nonce = default }).Checks.Failed());

    [Fact]
    public void Versions_can_be_narrowed()
    {
        Assert.Equal([TokenCodes.NrasVersion], Appraise(NrasSpec.Bundle(), expected => expected with { DriverVersions = ["1"] }).Checks.Failed());
        Assert.Equal([TokenCodes.NrasVersion], Appraise(NrasSpec.Bundle(), expected => expected with { FirmwareVersions = ["1"] }).Checks.Failed());
        Assert.Equal([TokenCodes.NrasVersion], Appraise(NrasSpec.Bundle(), expected => expected with { Models = ["1"] }).Checks.Failed());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[[\"CWT\",\"a.b.c\"],{}]")]
    [InlineData("[[\"JWT\",7],{}]")]
    [InlineData("[[\"JWT\",\"e30.e30.\"],{\"a.b\":\"e30.e30.\"}]")]
    [InlineData("[[\"JWT\",\"e30.W10.\"],{}]")]
    public void Anything_but_a_bundle_is_malformed(string text) => Assert.Equal([TokenCodes.NrasMalformed], Appraise(Encoding.UTF8.GetBytes(text)).Checks.Failed());
}
