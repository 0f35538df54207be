using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>Results of NVIDIA's own verifiers: what they say is checked, and that they are no Evidence.</summary>
public sealed class NvidiaResultTests
{
    const string Claims = """
        "measres":"success","secboot":true,"dbgstat":"disabled","eat_nonce":"0102","x-nvidia-gpu-attestation-report-signature-verified":true,
        "x-nvidia-gpu-driver-rim-cert-chain":{"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good","x-nvidia-cert-revocation-reason":null},"x-nvidia-mismatch-measurement-records":null
        """;

    static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1000);

    static string Token(string payload, string header = "{\"alg\":\"none\"}", string signature = "") =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{signature}";

    static byte[] Result(string? claims = null, string? beside = null, string? digest = null, string overall = "\"x-nvidia-overall-att-result\":true,\"eat_nonce\":\"0102\",\"iat\":900,\"exp\":1100", int code = 0, string header = "{\"alg\":\"none\"}", string signature = "")
    {
        claims ??= Claims;
        var device = Token($$"""{{{claims}},"iat":900,"exp":1100,"jti":"x"}""", header, signature);
        digest ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(device)));
        var token = Token($$$"""{{{{overall}}},"submods":{"GPU-0":["DIGEST",["SHA256","{{{digest}}}"]]}}""", header, signature);
        return Encoding.UTF8.GetBytes($$"""{"claims":[{{{beside ?? claims}}}],"detached_eat":[["JWT","{{token}}"],{"GPU-0":"{{device}}"}],"result_code":{{code}},"result_message":"Ok"}""");
    }

    static string[] Codes(byte[] result, byte[]? nonce = null, bool takeUnsigned = true) =>
        [.. NvidiaResultVerifier.Verify(NvidiaResult.Parse(result), s_at, nonce, takeUnsigned ? [NvidiaCodes.ResultUnsigned] : []).Where(check => check.Rejects).Select(check => check.Code)];

    [Fact]
    public void Rejects_a_result_that_nobody_signed_however_good_it_looks()
    {
        Assert.Equal([NvidiaCodes.ResultUnsigned], Codes(Result(), takeUnsigned: false));
        Assert.Empty(Codes(Result()));
    }

    [Fact]
    public void Rejects_a_signed_result_too_as_long_as_no_key_is_given()
    {
        var check = NvidiaResultVerifier.Verify(NvidiaResult.Parse(Result(header: "{\"alg\":\"ES384\"}", signature: "AAAA")), s_at, default, []).Only(NvidiaCodes.ResultUnsigned);
        Assert.True(check.Rejects);
        Assert.Equal("no key was given for ES384", check.Actual);
    }

    [Fact]
    public void Reads_a_bundle_without_the_container()
    {
        var text = Encoding.UTF8.GetString(Result());
        var bundle = text[(text.IndexOf("[[", StringComparison.Ordinal))..text.IndexOf(",\"result_code\"", StringComparison.Ordinal)];
        Assert.Empty(Codes(Encoding.UTF8.GetBytes(bundle)));
    }

    [Fact]
    public void Rejects_a_token_that_the_overall_token_does_not_name() => Assert.Equal([NvidiaCodes.ResultInconsistent], Codes(Result(digest: new string('0', 64))));

    [Fact]
    public void Rejects_claims_beside_the_tokens_that_say_something_else() => Assert.Equal([NvidiaCodes.ResultInconsistent], Codes(Result(beside: Claims.Replace("disabled", "enabled", StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"measres\":\"success\"", "\"measres\":\"fail\"")]
    [InlineData("\"measres\":\"success\",", "")]
    [InlineData("\"secboot\":true", "\"secboot\":false")]
    [InlineData("\"secboot\":true", "\"secboot\":null")]
    [InlineData("\"dbgstat\":\"disabled\"", "\"dbgstat\":\"enabled\"")]
    [InlineData("\"dbgstat\":\"disabled\",", "")]
    [InlineData("signature-verified\":true", "signature-verified\":false")]
    [InlineData("\"x-nvidia-gpu-attestation-report-signature-verified\":true,", "")]
    [InlineData("\"valid\"", "\"expired\"")]
    [InlineData("\"good\"", "\"revoked\"")]
    [InlineData("revocation-reason\":null", "revocation-reason\":\"certificateHold\"")]
    [InlineData("measurement-records\":null", "measurement-records\":[{\"index\":9}]")]
    public void Rejects_a_claim_that_is_not_what_acceptance_needs(string old, string with)
    {
        Assert.Contains(old, Claims, StringComparison.Ordinal);
        Assert.Equal([NvidiaCodes.ResultClaim], Codes(Result(Claims.Replace(old, with, StringComparison.Ordinal))));
    }

    [Fact]
    public void Rejects_an_overall_result_that_is_not_true() => Assert.Equal([NvidiaCodes.ResultClaim], Codes(Result(overall: "\"x-nvidia-overall-att-result\":false,\"eat_nonce\":\"0102\",\"iat\":900,\"exp\":1100")));

    [Fact]
    public void Rejects_an_error_of_the_tool() => Assert.Equal([NvidiaCodes.ResultClaim], Codes(Result(code: 1)));

    [Fact]
    public void Rejects_another_nonce()
    {
        Assert.Empty(Codes(Result(), [1, 2]));
        Assert.Equal([NvidiaCodes.ResultNonce], Codes(Result(), [1, 3]));
    }

    [Fact]
    public void Rejects_tokens_of_different_nonces() => Assert.Equal([NvidiaCodes.ResultNonce], Codes(Result(Claims.Replace("0102", "0103", StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"iat\":1001,\"exp\":1100")]
    [InlineData("\"iat\":900,\"exp\":999")]
    [InlineData("\"iat\":900,\"nbf\":1001,\"exp\":1100")]
    [InlineData("\"iat\":900")]
    public void Rejects_a_result_outside_its_time(string times) => Assert.Equal([NvidiaCodes.ResultTime], Codes(Result(overall: "\"x-nvidia-overall-att-result\":true,\"eat_nonce\":\"0102\"," + times)));

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
    public void Refuses_what_is_no_result(string json) => Assert.Equal(NvidiaCodes.ResultMalformed, Assert.Throws<NvidiaFormatException>(() => NvidiaResult.Parse(Encoding.UTF8.GetBytes(json))).Code);

    [Fact]
    public void Is_no_evidence()
    {
        var scene = new NvidiaScene();
        var result = NvidiaAppraiser.Appraise(Result(), scene.Policy with { MaySkip = [NvidiaCodes.ResultUnsigned] }, scene.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([NvidiaCodes.ResultIsNoEvidence], result.Failures.Select(check => check.Code));
    }

    [Fact]
    public void No_input_makes_the_reader_do_anything_but_refuse() => Fuzz.Run(34, [Result(), Encoding.UTF8.GetBytes("[" + Encoding.UTF8.GetString(NvidiaAppraiserTests.Json(new NvidiaScene())) + "]")], input =>
    {
        if (NvidiaResult.TryParse(input, out var result))
        {
            _ = NvidiaResultVerifier.Verify(result, s_at, default, []);
        }

        try
        {
            _ = NvidiaEvidence.ParseJson(input);
        }
        catch (NvidiaFormatException)
        {
        }
    });
}
