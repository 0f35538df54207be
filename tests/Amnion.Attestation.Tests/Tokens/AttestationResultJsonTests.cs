using System.Text.Json;
using Amnion.Attestation.Nitro;
using Amnion.Records;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>The JSON of an Attestation Result: every check with all its parts, and claims only where there are some.</summary>
public sealed class AttestationResultJsonTests
{
    [Fact]
    public void Every_check_and_claim_is_there()
    {
        var chain = new TestChain();
        var result = NitroAppraiser.Appraise(chain.Document(), chain.Policy, TestChain.Context);
        using var json = JsonDocument.Parse(AttestationResultJson.ToJson(result));
        var root = json.RootElement;
        Assert.Equal(("amnion/attestation-result/1", "local", "Accepted"), (root.GetProperty("format").GetString(), root.GetProperty("platform").GetString(), root.GetProperty("verdict").GetString()));
        Assert.Equal((true, true, false), (root.GetProperty("emulated").GetBoolean(), root.GetProperty("accepted").GetBoolean(), root.GetProperty("audit").GetBoolean()));
        Assert.Equal(result.Checks.Length, root.GetProperty("checks").GetArrayLength());
        foreach (var (check, element) in result.Checks.Zip(root.GetProperty("checks").EnumerateArray()))
        {
            Assert.Equal((check.Code, check.Name, check.Source), (element.GetProperty("code").GetString(), element.GetProperty("name").GetString(), element.GetProperty("source").GetString()));
            Assert.Equal((check.Kind.ToString(), check.Outcome.ToString(), check.Required), (element.GetProperty("kind").GetString(), element.GetProperty("outcome").GetString(), element.GetProperty("required").GetBoolean()));
            Assert.Equal((check.Expected, check.Actual), (element.GetProperty("expected").GetString(), element.GetProperty("actual").GetString()));
        }

        var claims = root.GetProperty("claims");
        Assert.Equal(("i-0123-enc4567", "2026-06-01T12:00:00.000Z", false), (claims.GetProperty("attester").GetString(), claims.GetProperty("issued_at").GetString(), claims.GetProperty("debug").GetBoolean()));
        Assert.Equal(TestChain.Register(0).ToTaggedString(), claims.GetProperty("registers").GetProperty("0").GetString());
        Assert.Equal(Convert.ToHexStringLower(TestChain.Nonce), claims.GetProperty("nonce").GetString());
        Assert.Equal(result.Claims!.Fields.Length, claims.GetProperty("fields").GetArrayLength());
    }

    [Fact]
    public void The_form_is_canonical()
    {
        var bytes = AttestationResultJson.ToJson(TokenSpec.Result());
        Assert.Equal(CanonicalJson.Canonicalize(bytes, int.MaxValue, "result"), bytes);
    }

    [Fact]
    public void Claims_of_a_forgery_are_not_there()
    {
        var result = AttestationResult.Malformed("snp", TokenSpec.Check("AMN-SNP-0001", CheckKind.Authenticity, CheckOutcome.Fail));
        using var json = JsonDocument.Parse(AttestationResultJson.ToJson(result));
        Assert.False(json.RootElement.TryGetProperty("claims", out _));
        Assert.Equal("Malformed", json.RootElement.GetProperty("verdict").GetString());
    }
}
