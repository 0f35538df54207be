using System.Text;

namespace Amnion.Attestation.Tests;

/// <summary>The policy document: strict reading, canonical writing.</summary>
public sealed class PolicyTests
{
    static readonly string s_hash = new('a', 96);
    static readonly string s_other = new('b', 96);
    static readonly string s_anchor = "sha256:" + new string('c', 64);

    public static byte[] Full { get; } = Encoding.ASCII.GetBytes(
        $$"""
        {"clock_skew_seconds":30,"dangerous_allow_debug":true,"engine":["sha384:{{s_other}}"],"format":"amnion/policy/1","max_age_seconds":120,"model":["sha384:{{s_hash}}","sha384:{{s_other}}"],"platform":"qemu","registers":{"0":["{{s_hash}}","{{s_other}}"],"10":["{{s_hash}}"],"2":["{{s_other}}"]},"release":{"channel":"stable","minimum":42},"suites":["p256-sha256-aes256gcm","x25519-sha256-aes256gcm"],"trust_anchor":"{{s_anchor}}"}
        """);

    static string Minimal => $$"""{"format":"amnion/policy/1","platform":"local","trust_anchor":"{{s_anchor}}"}""";

    static AppraisalPolicy Parse(string json) => AppraisalPolicy.Parse(Encoding.UTF8.GetBytes(json));

    static PolicyFormatException Refused(string json) => Assert.Throws<PolicyFormatException>(() => Parse(json));

    static string With(string member) => Minimal[..^1] + "," + member + "}";

    [Fact]
    public void Reads_every_member()
    {
        var policy = AppraisalPolicy.Parse(Full);
        Assert.Equal("qemu", policy.Platform);
        Assert.Equal(s_anchor, policy.TrustAnchor.ToTaggedString());
        Assert.Equal([0, 2, 10], policy.Registers.Keys);
        Assert.Equal([Measurement.FromHex(s_hash), Measurement.FromHex(s_other)], policy.Registers[0]);
        Assert.Equal(2, policy.Model.Length);
        Assert.Equal(Measurement.FromHex(s_other), policy.Engine.Single());
        Assert.Equal(new ReleaseFloor("stable", 42), policy.Release);
        Assert.Equal(["p256-sha256-aes256gcm", "x25519-sha256-aes256gcm"], policy.Suites);
        Assert.Equal(TimeSpan.FromMinutes(2), policy.MaxAge);
        Assert.Equal(TimeSpan.FromSeconds(30), policy.ClockSkew);
        Assert.True(policy.DangerousAllowDebug);
    }

    [Fact]
    public void Absent_members_deny_or_take_their_stated_defaults()
    {
        var policy = Parse(Minimal);
        Assert.Empty(policy.Registers);
        Assert.Empty(policy.Model);
        Assert.Empty(policy.Engine);
        Assert.Empty(policy.Suites);
        Assert.Null(policy.Release);
        Assert.Equal(AppraisalPolicy.DefaultMaxAge, policy.MaxAge);
        Assert.Equal(AppraisalPolicy.DefaultClockSkew, policy.ClockSkew);
        Assert.False(policy.DangerousAllowDebug);
    }

    public static byte[] AllPlatforms { get; } = Encoding.ASCII.GetBytes(
        $$$"""
        {"advisories":["INTEL-SA-00615"],"allow":["migrate","smt"],"binding":"sha256","clock_skew_seconds":60,"floors":{"guest_svn":1,"reported_tcb.snp":24},"format":"amnion/policy/1","further_trust_anchors":["sha256:{{{new string('d', 64)}}}"],"machines":["c0ffee"],"max_age_seconds":300,"may_skip":["AMN-X509-0019"],"platform":"snp","tcb_statuses":["SWHardeningNeeded","UpToDate"],"trust_anchor":"{{{s_anchor}}}","values":{"host_data":["{{{s_hash}}}"],"measurement":["{{{s_hash}}}","{{{s_other}}}"]}}
        """);

    [Fact]
    public void Reads_and_writes_what_all_platforms_share()
    {
        var policy = AppraisalPolicy.Parse(AllPlatforms);
        Assert.Equal(Encoding.ASCII.GetString(AllPlatforms), Encoding.ASCII.GetString(policy.ToJson()));
        Assert.Equal([s_hash, s_other], policy.Values["measurement"]);
        Assert.Equal(24, policy.Floors["reported_tcb.snp"]);
        Assert.Equal(BindingForm.Sha256, policy.Binding);
        Assert.True(policy.IsTrustAnchor(Measurement.Parse(s_anchor)));
        Assert.True(policy.IsTrustAnchor(policy.FurtherTrustAnchors.Single()));
        Assert.False(policy.IsTrustAnchor(Measurement.Zero(32)));
        Assert.Equal(["UpToDate"], Parse(Minimal).TcbStatuses);
        Assert.Equal(policy, AppraisalPolicy.Parse(policy.ToJson()));
    }

    [Theory]
    [InlineData("\"values\":{\"measurement\":[]}", "$.values.measurement")]
    [InlineData("\"values\":{\"measure ment\":[\"a\"]}", "$.values.measure ment")]
    [InlineData("\"values\":{\"a\":[\"b\",\"b\"]}", "$.values.a")]
    [InlineData("\"values\":{\"a\":[\"b&c\"]}", "$.values.a")]
    [InlineData("\"values\":{\"a\":[1]}", "$.values.a")]
    [InlineData("\"values\":{\"a\":[\"b\"],\"a\":[\"c\"]}", "$.values.a")]
    [InlineData("\"floors\":{\"a\":-1}", "$.floors.a")]
    [InlineData("\"floors\":{\"a\":\"1\"}", "$.floors.a")]
    [InlineData("\"binding\":\"md5\"", "$.binding")]
    [InlineData("\"may_skip\":[\"a b\"]", "$.may_skip")]
    [InlineData("\"further_trust_anchors\":[\"sha256:00\"]", "$.further_trust_anchors")]
    [InlineData("\"further_trust_anchors\":[\"sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd\"]", "$")]
    public void Refuses_what_the_format_does_not_allow(string member, string field) => Assert.Equal(field, Refused(With(member)).Field);

    [Fact]
    public void Writes_the_canonical_form()
    {
        Assert.Equal(Encoding.ASCII.GetString(Full), Encoding.ASCII.GetString(AppraisalPolicy.Parse(Full).ToJson()));
        var minimal = Parse(Minimal);
        Assert.Equal(minimal, AppraisalPolicy.Parse(minimal.ToJson()));
        Assert.Equal(minimal.GetHashCode(), AppraisalPolicy.Parse(minimal.ToJson()).GetHashCode());
        Assert.NotEqual(minimal, minimal with { DangerousAllowDebug = true });
    }

    [Fact]
    public void Refuses_to_write_what_it_would_not_read()
    {
        var policy = Parse(Minimal);
        Assert.Equal("$.platform", Assert.Throws<PolicyFormatException>(() => (policy with { Platform = "TDX" }).ToJson()).Field);
        Assert.Throws<PolicyFormatException>(() => (policy with { MaxAge = TimeSpan.FromDays(2) }).ToJson());
        Assert.Throws<PolicyFormatException>(() => (policy with { TrustAnchor = default }).ToJson());
        Assert.Throws<PolicyFormatException>(() => (policy with { Suites = ["Upper"] }).ToJson());
    }

    [Fact]
    public void Refuses_unknown_members()
    {
        Assert.Equal("$.allow_debug", Refused(With("\"allow_debug\":true")).Field);
        Assert.Equal("$.release.version", Refused(With("\"release\":{\"channel\":\"stable\",\"version\":1}")).Field);
    }

    [Fact]
    public void Refuses_repeated_members_also_inside()
    {
        Assert.Contains("twice", Refused(With("\"platform\":\"nitro\"")).Message, StringComparison.Ordinal);
        Assert.Equal("$.registers.0", Refused(With($$"""
            "registers":{"0":["{{s_hash}}"],"0":["{{s_other}}"]}
            """)).Field);
        Assert.Contains("twice", Refused(With("\"release\":{\"channel\":\"a\",\"channel\":\"b\",\"minimum\":1}")).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Refused(With($"\"model\":[\"sha384:{s_hash}\",\"sha384:{s_hash}\"]")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("platform")]
    [InlineData("trust_anchor")]
    public void Refuses_a_policy_without(string member)
    {
        using var json = System.Text.Json.JsonDocument.Parse(Minimal);
        var rest = json.RootElement.EnumerateObject().Where(entry => entry.Name != member).Select(entry => $"\"{entry.Name}\":{entry.Value.GetRawText()}");
        Assert.Equal("$", Refused("{" + string.Join(",", rest) + "}").Field);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "\"registers\":{\"32\":[]}", "$.registers.32" },
        { "\"registers\":{\"00\":[]}", "$.registers.00" },
        { "\"registers\":{\"-1\":[]}", "$.registers.-1" },
        { "\"registers\":{\"0\":\"" + s_hash + "\"}", "$.registers.0" },
        { "\"registers\":{\"0\":[\"" + s_hash[..95] + "\"]}", "$.registers.0" },
        { "\"registers\":{\"0\":[\"" + s_hash.ToUpperInvariant() + "\"]}", "$.registers.0" },
        { "\"registers\":[]", "$.registers" },
        { "\"registers\":null", "$.registers" },
        { "\"model\":[\"" + s_hash + "\"]", "$.model" },
        { "\"model\":[\"sha256:" + s_hash[..64] + "\"]", "$.model" },
        { "\"model\":[1]", "$.model" },
        { "\"engine\":{}", "$.engine" },
        { "\"release\":{\"channel\":\"stable\"}", "$.release" },
        { "\"release\":{\"minimum\":1}", "$.release" },
        { "\"release\":{\"channel\":\"Stable\",\"minimum\":1}", "$.release.channel" },
        { "\"release\":{\"channel\":\"\",\"minimum\":1}", "$.release.channel" },
        { "\"release\":{\"channel\":\"stable\",\"minimum\":9007199254740992}", "$.release.minimum" },
        { "\"suites\":[\"a\",\"a\"]", "$.suites" },
        { "\"suites\":[\"\\u0061\"]", "$.suites" },
        { "\"suites\":[\"é\"]", "$.suites" },
        { "\"max_age_seconds\":0", "$.max_age_seconds" },
        { "\"max_age_seconds\":86401", "$.max_age_seconds" },
        { "\"max_age_seconds\":-1", "$.max_age_seconds" },
        { "\"max_age_seconds\":1.0", "$.max_age_seconds" },
        { "\"max_age_seconds\":1e2", "$.max_age_seconds" },
        { "\"max_age_seconds\":\"60\"", "$.max_age_seconds" },
        { "\"clock_skew_seconds\":601", "$.clock_skew_seconds" },
        { "\"dangerous_allow_debug\":1", "$.dangerous_allow_debug" },
        { "\"dangerous_allow_debug\":null", "$.dangerous_allow_debug" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Refuses_a_wrong_value_and_names_the_member(string member, string field)
    {
        var exception = Refused(With(member));
        Assert.Equal(field, exception.Field);
        Assert.Equal(AttestationCodes.PolicyMalformed, exception.Code);
        Assert.True(exception.Offset >= Minimal.Length, exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{}{}")]
    [InlineData("{\"format\":\"amnion/policy/2\"}")]
    [InlineData("{\"format\":\"amnion/policy/1\",}")]
    [InlineData("/* comment */{}")]
    public void Refuses_other_documents(string json) => Refused(json);

    [Fact]
    public void Refuses_trailing_data_and_a_byte_order_mark()
    {
        Refused(Minimal + "x");
        Refused(Minimal + "{}");
        Assert.Throws<PolicyFormatException>(() => AppraisalPolicy.Parse([0xef, 0xbb, 0xbf, .. Encoding.ASCII.GetBytes(Minimal)]));
        Assert.NotNull(Parse(Minimal + "\n"));
    }

    [Fact]
    public void Applies_its_limits()
    {
        var many = string.Join(",", Enumerable.Range(0, 65).Select(i => $"\"sha384:{i:x96}\""));
        Assert.Contains("more than 64", Refused(With($"\"model\":[{many}]")).Message, StringComparison.Ordinal);
        Assert.Contains("more than 16", Refused(With($"\"suites\":[{string.Join(",", Enumerable.Range(0, 17).Select(i => $"\"s{i}\""))}]")).Message, StringComparison.Ordinal);
        Assert.Contains("65536", Refused(Minimal + new string(' ', AppraisalPolicy.MaxLength)).Message, StringComparison.Ordinal);
        Refused(new string('[', 1000));
    }
}
