using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.Tests.Tokens;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>Results of NVIDIA's local verifier, in the tool's wrapper and without signature: what they say is checked, and that they are no Evidence.</summary>
public sealed class NvidiaResultTests
{
    const string Nonce = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    const string Issuer = "NVAT-LOCAL-VERIFIER";
    const string Chain = """{"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good","x-nvidia-cert-ocsp-nonce-matches":true,"x-nvidia-cert-revocation-reason":null}""";
    const string Good = """{"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good"}""";

    const string Claims = $$"""
        "measres":"success","secboot":true,"dbgstat":"disabled","eat_nonce":"{{Nonce}}","x-nvidia-gpu-attestation-report-signature-verified":true,
        "x-nvidia-gpu-driver-rim-cert-chain":{{Chain}},"x-nvidia-mismatch-measurement-records":null,
        "x-nvidia-gpu-attestation-report-cert-chain":{{Good}},"x-nvidia-gpu-vbios-rim-cert-chain":{{Good}},"x-nvidia-gpu-claims-version":"3.0",
        "x-nvidia-gpu-arch-check":true,"x-nvidia-gpu-attestation-report-parsed":true,"x-nvidia-gpu-attestation-report-nonce-match":true,
        "x-nvidia-gpu-attestation-report-cert-chain-fwid-match":true,"x-nvidia-gpu-vbios-index-no-conflict":true,
        "x-nvidia-gpu-driver-rim-fetched":true,"x-nvidia-gpu-driver-rim-signature-verified":true,"x-nvidia-gpu-driver-rim-version-match":true,
        "x-nvidia-gpu-driver-rim-measurements-available":true,"x-nvidia-gpu-vbios-rim-fetched":true,"x-nvidia-gpu-vbios-rim-signature-verified":true,
        "x-nvidia-gpu-vbios-rim-version-match":true,"x-nvidia-gpu-vbios-rim-measurements-available":true
        """;

    const string Overall = $"\"x-nvidia-overall-att-result\":true,\"eat_nonce\":\"{Nonce}\"";

    static string Token(string payload, string header = "{\"alg\":\"none\"}", string signature = "") =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{signature}";

    static byte[] Result(string? claims = null, string? beside = null, string? digest = null, string overall = $"{Overall},\"iat\":900,\"exp\":1100", int code = 0, string header = "{\"alg\":\"none\"}", string signature = "")
    {
        claims ??= Claims;
        var device = Token($$"""{{{claims}},"iss":"{{Issuer}}","iat":900,"exp":1100,"jti":"x"}""", header, signature);
        digest ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(device)));
        var token = Token($$$"""{{{{overall}}},"iss":"{{{Issuer}}}","submods":{"GPU-0":["DIGEST",["SHA256","{{{digest}}}"]]}}""", header, signature);
        return Encoding.UTF8.GetBytes($$"""{"claims":[{{{beside ?? claims}}}],"detached_eat":[["JWT","{{token}}"],{"GPU-0":"{{device}}"}],"result_code":{{code}},"result_message":"Ok"}""");
    }

    static TokenVerification Appraise(ReadOnlySpan<byte> result, string nonce = Nonce, params string[] maySkip) => NrasAppraiser.Appraise(result, [], new NrasExpectation
    {
        Now = DateTimeOffset.FromUnixTimeSeconds(1000),
        ClockSkew = TimeSpan.Zero,
        Nonce = Convert.FromHexString(nonce),
        Issuer = Issuer,
        MaySkip = [.. maySkip],
    });

    static string[] Codes(byte[] result, string nonce = Nonce, bool takeUnsigned = true) =>
        [.. Appraise(result, nonce, takeUnsigned ? [TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature] : []).Failures.Select(check => check.Code)];

    [Fact]
    public void Rejects_a_result_that_nobody_signed_however_good_it_looks()
    {
        Assert.Equal([TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature], Codes(Result(), takeUnsigned: false));
        Assert.Equal([TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature], Appraise(Result()).Checks.Missed());
        Assert.Equal("the tokens are not signed", Appraise(Result()).Checks.Only(TokenCodes.NrasSignature).Actual);
        Assert.Empty(Appraise(Result()).Fields);
        Assert.Equal([TokenCodes.NrasSignature], Appraise(Result(), Nonce, TokenCodes.NrasAlgorithm).Failures.Select(check => check.Code));
        Assert.Empty(Codes(Result()));
    }

    [Fact]
    public void Gives_the_claims_of_a_result_that_the_caller_takes_unsigned()
    {
        var found = Appraise(Result(), Nonce, TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature);
        Assert.True(found.Accepted);
        Assert.Equal("success", found.Fields.Single(field => field.Name == "GPU-0.measres").Value);
        Assert.Equal(AttestationTokenKind.NrasBundle, AttestationToken.Parse(Result()).Kind);
    }

    [Fact]
    public void Rejects_a_signed_result_too_as_long_as_no_key_is_given()
    {
        var check = Appraise(Result(header: "{\"alg\":\"ES384\"}", signature: "AAAA")).Checks.Only(TokenCodes.NrasSignature);
        Assert.True(check.Rejects);
        Assert.Equal("no key was given for ES384", check.Actual);
    }

    [Fact]
    public void Never_takes_for_unsigned_what_a_key_was_given_for()
    {
        var expected = new NrasExpectation { Now = DateTimeOffset.FromUnixTimeSeconds(1000), Nonce = Convert.FromHexString(Nonce), Issuer = Issuer, MaySkip = [TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature] };
        Assert.Equal([TokenCodes.NrasSignature], NrasAppraiser.Appraise(Result(), [NrasSpec.Key], expected).Failures.Select(check => check.Code));
        Assert.Equal([TokenCodes.NrasAlgorithm], Codes(Result(signature: "AAAA")));
        Assert.Equal([TokenCodes.NrasAlgorithm], Codes(Result(header: "{\"alg\":\"none\",\"crit\":[\"x\"]}")));
        Assert.Equal([TokenCodes.NrasAlgorithm], Codes(Result(header: "{\"alg\":\"HS256\"}", signature: "AAAA")));
    }

    [Fact]
    public void Reads_a_bundle_without_the_container()
    {
        var text = Encoding.UTF8.GetString(Result());
        var bundle = text[(text.IndexOf("[[", StringComparison.Ordinal))..text.IndexOf(",\"result_code\"", StringComparison.Ordinal)];
        Assert.Empty(Codes(Encoding.UTF8.GetBytes(bundle)));
    }

    [Fact]
    public void Rejects_a_token_that_the_overall_token_does_not_name() => Assert.Equal([TokenCodes.NrasBinding], Codes(Result(digest: new string('0', 64))));

    [Theory]
    [InlineData("disabled", "enabled")]
    [InlineData("\"secboot\":true", "\"secboot\":\"true\"")]
    [InlineData("\"measres\":\"success\",", "")]
    [InlineData("measurement-records\":null", "measurement-records\":\"\"")]
    public void Rejects_claims_beside_the_tokens_that_say_something_else(string old, string with) =>
        Assert.Equal([TokenCodes.NrasBinding], Codes(Result(beside: Claims.Replace(old, with, StringComparison.Ordinal))));

    [Fact]
    public void Takes_claims_beside_the_tokens_in_any_order_and_one_list_for_each_token()
    {
        Assert.Empty(Codes(Result(beside: "\"oemid\":\"5703\"," + Claims, claims: Claims + ",\"oemid\":\"5703\"")));
        var text = Encoding.UTF8.GetString(Result());
        Assert.Equal([TokenCodes.NrasBinding], Codes(Encoding.UTF8.GetBytes(text.Replace("{\"claims\":[", "{\"claims\":[{},", StringComparison.Ordinal))));
        Assert.Equal([TokenCodes.NrasBinding], Codes(Encoding.UTF8.GetBytes("{\"claims\":[]," + text[text.IndexOf("\"detached_eat\"", StringComparison.Ordinal)..])));
    }

    [Theory]
    [InlineData("\"measres\":\"success\"", "\"measres\":\"fail\"", TokenCodes.NrasMeasurements)]
    [InlineData("\"measres\":\"success\",", "", TokenCodes.NrasMeasurements)]
    [InlineData("\"secboot\":true", "\"secboot\":false", TokenCodes.NrasSecureBoot)]
    [InlineData("\"secboot\":true", "\"secboot\":null", TokenCodes.NrasSecureBoot)]
    [InlineData("\"dbgstat\":\"disabled\"", "\"dbgstat\":\"enabled\"", TokenCodes.NrasDebug)]
    [InlineData("\"dbgstat\":\"disabled\",", "", TokenCodes.NrasDebug)]
    [InlineData("report-signature-verified\":true", "report-signature-verified\":false", TokenCodes.NrasReport)]
    [InlineData("\"x-nvidia-gpu-attestation-report-signature-verified\":true,", "", TokenCodes.NrasReport)]
    [InlineData("\"x-nvidia-gpu-attestation-report-signature-verified\":true,", "\"x-nvidia-gpu-attestation-report-signature-verified\":null,", TokenCodes.NrasReport)]
    [InlineData("\"secboot\":true", "\"secboot\":true,\"x-nvidia-gpu-further-step\":false", TokenCodes.NrasReport)]
    [InlineData("\"secboot\":true", "\"secboot\":true,\"x-nvidia-gpu-driver-rim-further-step\":false", TokenCodes.NrasReferenceValues)]
    [InlineData("\"secboot\":true", "\"secboot\":true,\"x-nvidia-gpu-driver-rim-schema-validated\":false", TokenCodes.NrasReferenceValues)]
    [InlineData("\"x-nvidia-gpu-claims-version\":\"3.0\",", "", TokenCodes.NrasReferenceValues)]
    [InlineData("\"secboot\":true", "\"secboot\":true,\"x-nvidia-gpu-further-cert-chain\":{\"x-nvidia-cert-status\":\"expired\",\"x-nvidia-cert-ocsp-status\":\"good\"}", TokenCodes.NrasCertificates)]
    [InlineData("\"valid\"", "\"expired\"", TokenCodes.NrasCertificates)]
    [InlineData("\"good\"", "\"revoked\"", TokenCodes.NrasCertificates)]
    [InlineData("nonce-matches\":true", "nonce-matches\":false", TokenCodes.NrasCertificates)]
    [InlineData("revocation-reason\":null", "revocation-reason\":\"certificateHold\"", TokenCodes.NrasCertificates)]
    [InlineData("measurement-records\":null", "measurement-records\":[{\"index\":9}]", TokenCodes.NrasMeasurements)]
    public void Rejects_a_claim_that_is_not_what_acceptance_needs(string old, string with, string code)
    {
        Assert.Contains(old, Claims, StringComparison.Ordinal);
        Assert.Equal([code], Codes(Result(Claims.Replace(old, with, StringComparison.Ordinal))));
    }

    [Fact]
    public void Rejects_an_overall_result_that_is_not_true() => Assert.Equal([TokenCodes.NrasOverall], Codes(Result(overall: $"\"x-nvidia-overall-att-result\":false,\"eat_nonce\":\"{Nonce}\",\"iat\":900,\"exp\":1100")));

    [Fact]
    public void Rejects_an_error_of_the_tool()
    {
        Assert.Equal([TokenCodes.NrasOverall], Codes(Result(code: 1)));
        Assert.Equal([TokenCodes.NrasOverall], Codes(Result(code: -1)));
    }

    [Fact]
    public void Rejects_another_nonce()
    {
        Assert.Empty(Codes(Result(), Nonce));
        Assert.Equal([TokenCodes.NrasNonce], Codes(Result(), Nonce.Replace("0102", "0103", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rejects_tokens_of_different_nonces() => Assert.Equal([TokenCodes.NrasNonce], Codes(Result(Claims.Replace("0102", "0103", StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"iat\":1001,\"exp\":1100")]
    [InlineData("\"iat\":900,\"exp\":999")]
    [InlineData("\"iat\":900,\"nbf\":1001,\"exp\":1100")]
    [InlineData("\"iat\":900")]
    public void Rejects_a_result_outside_its_time(string times) => Assert.Equal([TokenCodes.NrasTime], Codes(Result(overall: Overall + "," + times)));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[[\"JWT\",\"a.b.c\"],{}]")]
    [InlineData("[[\"JWT\",\"e30.e30.\"],{\"GPU-0\":\"e30.e30.\"}]")]
    [InlineData("[[\"JWT\",\"e30.e30\"],{\"GPU-0\":\"e30.e30.\"}]")]
    [InlineData("[[\"CWT\",\"eyJhbGciOiJub25lIn0.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]")]
    [InlineData("[[\"JWT\",\"eyJhbGciOiJub25lIn0=.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]")]
    [InlineData("[[\"JWT\",\"eyJhbGciOiJub25lIn0.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\",\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]")]
    [InlineData("{\"claims\":1,\"detached_eat\":[[\"JWT\",\"eyJhbGciOiJub25lIn0.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]}")]
    [InlineData("{\"claims\":[1],\"detached_eat\":[[\"JWT\",\"eyJhbGciOiJub25lIn0.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]}")]
    [InlineData("{\"result_code\":\"0\",\"detached_eat\":[[\"JWT\",\"eyJhbGciOiJub25lIn0.e30.\"],{\"GPU-0\":\"eyJhbGciOiJub25lIn0.e30.\"}]}")]
    [InlineData("{\"detached_eat\":{}}")]
    public void Refuses_what_is_no_result(string json) => Assert.Equal([TokenCodes.NrasMalformed], Appraise(Encoding.UTF8.GetBytes(json)).Checks.Failed());

    [Fact]
    public void Is_no_evidence()
    {
        var scene = new NvidiaScene();
        var result = NvidiaAppraiser.Appraise(Result(), scene.Policy with { MaySkip = [TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature] }, scene.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([NvidiaCodes.ResultIsNoEvidence], result.Failures.Select(check => check.Code));
    }

    [Theory]
    [InlineData(",\"nonce\":null")]
    [InlineData(",\"arch\":1")]
    [InlineData(",\"other\":\"\\ud800\"")]
    [InlineData(",\"other\":1,\"other\":1")]
    public void Evidence_beside_it_is_read_as_strictly(string extra)
    {
        var text = Encoding.UTF8.GetString(NvidiaAppraiserTests.Json(new NvidiaScene(), extra));
        var first = extra.Split('"')[1];
        text = first == "other" ? text : text.Replace($"\"{first}\":\"", $"\"{first}_\":\"", StringComparison.Ordinal);
        Assert.Equal(NvidiaCodes.Malformed, Assert.Throws<NvidiaFormatException>(() => NvidiaEvidence.ParseJson(Encoding.UTF8.GetBytes(text))).Code);
    }

    [Theory]
    [InlineData("\\n")]
    [InlineData(" ")]
    public void Base64_of_evidence_has_one_line(string space)
    {
        const string Start = "\"evidence\":\"";
        var text = Encoding.UTF8.GetString(NvidiaAppraiserTests.Json(new NvidiaScene()));
        Assert.Single(NvidiaEvidence.ParseJson(Encoding.UTF8.GetBytes(text)));
        var spaced = text.Insert(text.IndexOf(Start, StringComparison.Ordinal) + Start.Length + 8, space);
        Assert.Equal(NvidiaCodes.Malformed, Assert.Throws<NvidiaFormatException>(() => NvidiaEvidence.ParseJson(Encoding.UTF8.GetBytes(spaced))).Code);
    }

    [Fact]
    public void No_input_makes_the_reader_do_anything_but_refuse() => Fuzz.Run(34, [Result(), Encoding.UTF8.GetBytes("[" + Encoding.UTF8.GetString(NvidiaAppraiserTests.Json(new NvidiaScene())) + "]")], input =>
    {
        _ = Appraise(input, Nonce, TokenCodes.NrasAlgorithm, TokenCodes.NrasSignature);
        try
        {
            _ = NvidiaEvidence.ParseJson(input);
        }
        catch (NvidiaFormatException)
        {
        }
    });
}
