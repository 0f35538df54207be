using System.Collections.Immutable;
using System.Text;
using Amnion.Attestation.Composite;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>Claims of Confidential Space: authentic is not enough.</summary>
public sealed class GcpTests
{
    static readonly string s_claims = """
        {"aud":"audience","exp":1800003600,"iat":1800000000,"iss":"https://confidentialcomputing.googleapis.com","nbf":1800000000,"sub":"machine","eat_nonce":["a","b"],
        "secboot":true,"hwmodel":"GCP_INTEL_TDX","swname":"CONFIDENTIAL_SPACE","swversion":["250301"],"dbgstat":"disabled-since-boot",
        "submods":{"confidential_space":{"support_attributes":["LATEST","STABLE","USABLE"],"monitoring_enabled":{"memory":false}},
        "container":{"image_digest":"sha256:313b8a83d3c8bfc9abcffee4f538424473e2705383a7e46f16d159faf0e5ef34"}}}
        """;

    static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1800000060);

    static string[] Rejected(string replace = "", string with = "", DateTimeOffset? at = null, ImmutableSortedDictionary<string, ImmutableArray<string>>? values = null, bool debug = false)
    {
        var json = replace.Length == 0 ? s_claims : s_claims.Replace(replace, with, StringComparison.Ordinal);
        Assert.True(replace.Length == 0 || json != s_claims);
        return [.. GcpConfidentialSpaceAppraiser.Appraise(GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(json)), at ?? s_at, values, dangerousAllowDebug: debug).Where(check => check.Rejects).Select(check => check.Code)];
    }

    [Fact]
    public void Accepts_a_production_image_and_gives_its_claims()
    {
        Assert.Empty(Rejected());
        var claims = GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(s_claims));
        Assert.Equal(["a", "b"], claims.Nonces);
        Assert.Equal("LATEST,STABLE,USABLE", claims.Find("submods.confidential_space.support_attributes"));
        Assert.All(claims.Fields, field => Assert.NotEmpty(field.Meaning));
    }

    [Theory]
    [InlineData("disabled-since-boot", "enabled", GcpCodes.Debug)]
    [InlineData("\"disabled-since-boot\"", "\"disabled-since-boot \"", GcpCodes.Debug)]
    [InlineData("\"secboot\":true", "\"secboot\":false", GcpCodes.SecureBoot)]
    [InlineData("CONFIDENTIAL_SPACE", "GCE", GcpCodes.Software)]
    [InlineData("GCP_INTEL_TDX", "GCP_SHIELDED_VM", GcpCodes.Hardware)]
    [InlineData(",\"USABLE\"", "", GcpCodes.Support)]
    [InlineData("\"memory\":false", "\"memory\":true", GcpCodes.Monitoring)]
    [InlineData("sha256:", "sha1:", GcpCodes.Image)]
    [InlineData("https://confidentialcomputing", "https://confidentialcomputing2", GcpCodes.Issuer)]
    public void Rejects_what_weakens_the_image_or_comes_from_elsewhere(string replace, string with, string code) => Assert.Equal([code], Rejected(replace, with));

    [Fact]
    public void Rejects_claims_before_and_after_their_time()
    {
        Assert.Equal([GcpCodes.Time], Rejected(at: s_at.AddHours(2)));
        Assert.Equal([GcpCodes.Time], Rejected(at: s_at.AddHours(-1)));
        Assert.Equal([GcpCodes.Time], Rejected("\"exp\":1800003600", "\"exp\":1700000000"));
    }

    [Fact]
    public void Accepts_a_debug_image_only_by_the_dangerous_name() => Assert.Empty(Rejected("disabled-since-boot", "enabled", debug: true));

    [Fact]
    public void Compares_claims_with_the_policys_values()
    {
        var values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);
        Assert.Empty(Rejected(values: values.Add("submods.container.image_digest", ["sha256:313b8a83d3c8bfc9abcffee4f538424473e2705383a7e46f16d159faf0e5ef34"])));
        Assert.Equal([AttestationCodes.FieldMismatch], Rejected(values: values.Add("aud", ["another"])));
        Assert.Equal([AttestationCodes.FieldMissing], Rejected(values: values.Add("submods.gce.zone", ["z"])));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"aud\":\"a\",\"aud\":\"b\"}")]
    [InlineData("{\"aud\":\"a\",\"exp\":1,\"iat\":-1,\"iss\":\"i\",\"nbf\":0}")]
    [InlineData("{\"\\ud800\":1}")]
    public void Refuses_what_are_no_claims(string json) => Assert.Throws<GcpFormatException>(() => GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(json)));
}
