using System.Collections.Immutable;
using System.Text;
using Amnion.Attestation.Composite;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>Claims of Confidential Space: authentic is not enough.</summary>
public sealed class GcpTests
{
    static readonly string s_claims = """
        {"aud":"audience","exp":1800003600,"iat":1800000000,"iss":"https://confidentialcomputing.googleapis.com","nbf":1800000000,"sub":"machine","eat_nonce":["0123456789abcdef","another-nonce"],
        "secboot":true,"hwmodel":"GCP_INTEL_TDX","swname":"CONFIDENTIAL_SPACE","swversion":["250301"],"dbgstat":"disabled-since-boot",
        "submods":{"confidential_space":{"support_attributes":["LATEST","STABLE","USABLE"],"monitoring_enabled":{"memory":false}},
        "container":{"image_digest":"sha256:313b8a83d3c8bfc9abcffee4f538424473e2705383a7e46f16d159faf0e5ef34"}}}
        """;

    static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1800000060);

    const string Nonce = "0123456789abcdef";
    const string Image = "sha256:313b8a83d3c8bfc9abcffee4f538424473e2705383a7e46f16d159faf0e5ef34";

    static GcpConfidentialSpacePolicy Policy => new() { Audience = "audience", Nonce = Nonce, Images = [Image] };

    static string[] Rejected(string replace = "", string with = "", DateTimeOffset? at = null, Func<GcpConfidentialSpacePolicy, GcpConfidentialSpacePolicy>? policy = null)
    {
        var json = replace.Length == 0 ? s_claims : s_claims.Replace(replace, with, StringComparison.Ordinal);
        Assert.True(replace.Length == 0 || json != s_claims);
        return [.. GcpConfidentialSpaceAppraiser.Appraise(GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(json)), policy?.Invoke(Policy) ?? Policy, at ?? s_at).Where(check => check.Rejects).Select(check => check.Code)];
    }

    [Fact]
    public void Accepts_a_production_image_and_gives_its_claims()
    {
        Assert.Empty(Rejected());
        var claims = GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(s_claims));
        Assert.Equal([Nonce, "another-nonce"], claims.Nonces);
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
    [InlineData("\"memory\":false", "\"memory\":{\"all\":true}", GcpCodes.Monitoring)]
    [InlineData("\"memory\":false", "\"memory\":{}", GcpCodes.Monitoring)]
    [InlineData("\"memory\":false", "\"memory\":false,\"cpu\":true", GcpCodes.Monitoring)]
    [InlineData("{\"memory\":false}", "true", GcpCodes.Monitoring)]
    [InlineData("{\"memory\":false}", "{}", GcpCodes.Monitoring)]
    [InlineData("{\"memory\":false}", "null", GcpCodes.Monitoring)]
    [InlineData("{\"memory\":false}", "[\"memory\"]", GcpCodes.Monitoring)]
    [InlineData("GCP_INTEL_TDX", "GCP_AMD_SEV", GcpCodes.Hardware)]
    [InlineData("GCP_INTEL_TDX", "GCP_AMD_SEV_ES", GcpCodes.Hardware)]
    [InlineData("\"aud\":\"audience\"", "\"aud\":\"audienc\"", GcpCodes.Audience)]
    [InlineData("0123456789abcdef", "0123456789abcdeF", GcpCodes.Nonce)]
    [InlineData("\"eat_nonce\"", "\"eat_nonces\"", GcpCodes.Nonce)]
    [InlineData("sha256:313b", "sha256:313c", AttestationCodes.FieldMismatch)]
    [InlineData("https://confidentialcomputing", "https://confidentialcomputing2", GcpCodes.Issuer)]
    public void Rejects_what_weakens_the_image_or_comes_from_elsewhere(string replace, string with, string code) => Assert.Equal([code], Rejected(replace, with));

    [Fact]
    public void Rejects_an_image_that_is_not_named_by_a_digest() => Assert.Equal([GcpCodes.Image, AttestationCodes.FieldMismatch], Rejected("sha256:", "sha1:"));

    [Fact]
    public void Rejects_claims_before_and_after_their_time()
    {
        Assert.Equal([GcpCodes.Time], Rejected(at: s_at.AddHours(2)));
        Assert.Equal([GcpCodes.Time], Rejected(at: s_at.AddHours(-1)));
        Assert.Equal([GcpCodes.Time], Rejected("\"exp\":1800003600", "\"exp\":1700000000"));
    }

    [Fact]
    public void Accepts_a_debug_image_only_by_the_dangerous_name() => Assert.Empty(Rejected("disabled-since-boot", "enabled", policy: policy => policy with { DangerousAllowDebug = true }));

    [Fact]
    public void Accepts_memory_without_integrity_only_where_the_policy_names_the_machine()
    {
        Assert.Empty(Rejected("GCP_INTEL_TDX", "GCP_AMD_SEV", policy: policy => policy with { Allow = [GcpConfidentialSpacePolicy.AllowSev] }));
        Assert.Equal([GcpCodes.Hardware], Rejected("GCP_INTEL_TDX", "GCP_AMD_SEV", policy: policy => policy with { Allow = [GcpConfidentialSpacePolicy.AllowSevEs] }));
        Assert.Equal([GcpCodes.Hardware], Rejected("GCP_INTEL_TDX", "GCP_SHIELDED_VM", policy: policy => policy with { Allow = ["GCP_SHIELDED_VM"] }));
        Assert.Empty(Rejected("GCP_INTEL_TDX", "GCP_AMD_SEV_SNP"));
    }

    [Fact]
    public void A_policy_without_audience_nonce_or_image_denies()
    {
        Assert.Equal([GcpCodes.Audience], Rejected("\"aud\":\"audience\"", "\"aud\":\"\"", policy: policy => policy with { Audience = string.Empty }));
        Assert.Equal([GcpCodes.Nonce], Rejected("0123456789abcdef", "", policy: policy => policy with { Nonce = string.Empty }));
        Assert.Equal([GcpCodes.Nonce], Rejected("0123456789abcdef", "short", policy: policy => policy with { Nonce = "short" }));
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Rejected(policy: policy => policy with { Images = [] }));
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Rejected(policy: policy => policy with { Images = default }));
    }

    [Fact]
    public void Takes_older_images_that_claim_nothing_of_monitoring() => Assert.Empty(Rejected(",\"monitoring_enabled\":{\"memory\":false}", ""));

    [Fact]
    public void Compares_claims_with_the_policys_values()
    {
        var values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);
        Assert.Empty(Rejected(policy: policy => policy with { Values = values.Add("submods.container.image_digest", [Image]) }));
        Assert.Equal([AttestationCodes.FieldMismatch], Rejected(policy: policy => policy with { Values = values.Add("aud", ["another"]) }));
        Assert.Equal([AttestationCodes.FieldMissing], Rejected(policy: policy => policy with { Values = values.Add("submods.gce.zone", ["z"]) }));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"aud\":\"a\",\"aud\":\"b\"}")]
    [InlineData("{\"aud\":\"a\",\"exp\":1,\"iat\":-1,\"iss\":\"i\",\"nbf\":0}")]
    [InlineData("{\"\\ud800\":1}")]
    public void Refuses_what_are_no_claims(string json) => Assert.Throws<GcpFormatException>(() => GcpConfidentialSpaceClaims.Parse(Encoding.UTF8.GetBytes(json)));
}
