using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>Policies over authentic quotes.</summary>
public sealed class DcapAppraiserTests
{
    static readonly byte[] s_bound = SHA512.HashData("bound"u8);

    static AppraisalPolicy Policy(DcapTestPki pki, bool tdx = true) => new()
    {
        Platform = tdx ? AttestationPlatform.Tdx : AttestationPlatform.Sgx,
        TrustAnchor = pki.Anchor.KeyDigest,
        Values = (tdx
            ? new Dictionary<string, ImmutableArray<string>> { ["td.mrtd"] = [Repeated("11")], ["td.rtmr1"] = [Repeated("a1")], ["td.rtmr2"] = [Repeated("a2")] }
            : new Dictionary<string, ImmutableArray<string>> { ["report.mrenclave"] = [string.Concat(Enumerable.Repeat("42", 32))] }).ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    static string Repeated(string hex) => string.Concat(Enumerable.Repeat(hex, 48));

    static AttestationResult Appraise(DcapTestPki pki, Func<AppraisalPolicy, AppraisalPolicy>? change = null, bool tdx = true, int version = 5)
    {
        var policy = Policy(pki, tdx);
        return DcapAppraiser.Appraise(
            tdx ? pki.TdxQuote(version, reportData: s_bound) : pki.SgxQuote(s_bound),
            change?.Invoke(policy) ?? policy,
            new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = s_bound, Endorsements = pki.EndorsementsFor(tdx) });
    }

    static string[] Failures(AttestationResult result) => [.. result.Failures.Select(failure => failure.Code)];

    [Fact]
    public void Accepts_and_claims_what_the_quote_says()
    {
        var result = Appraise(new DcapTestPki());
        Assert.Empty(Failures(result));
        Assert.True(result.Accepted);
        Assert.Equal(Repeated("a3"), result.Claims!.Registers[3].ToString());
        Assert.Equal(s_bound, result.Claims.UserData!.Value.ToArray());
        Assert.Null(result.Claims.IssuedAt);
        Assert.Contains(result.Claims.Fields, field => field is { Name: "tcb_status", Value: "UpToDate" });
        Assert.True(Appraise(new DcapTestPki(), tdx: false).Accepted);
    }

    [Fact]
    public void A_platform_that_is_not_up_to_date_needs_status_and_advisories_accepted()
    {
        var pki = new DcapTestPki { PceSvn = 10 };
        pki.Levels[1] = pki.Levels[1] with { Tdx = [0, 0, 0] };
        Assert.Equal([DcapCodes.TcbStatus, DcapCodes.Advisories], Failures(Appraise(pki)));
        Assert.Equal([DcapCodes.Advisories], Failures(Appraise(pki, policy => policy with { TcbStatuses = ["OutOfDate"] })));
        Assert.True(Appraise(pki, policy => policy with { TcbStatuses = ["UpToDate", "OutOfDate"], Advisories = ["INTEL-SA-00001"] }).Accepted);
    }

    [Fact]
    public void Fields_that_a_report_has_not_are_absent_and_not_empty()
    {
        var names = DcapQuote.Parse(new DcapTestPki().TdxQuote()).Fields.Select(field => field.Name).ToList();
        Assert.DoesNotContain("td.tee_tcb_svn2", names);
        Assert.DoesNotContain("td.mrservicetd", names);
        Assert.DoesNotContain("pck.platform_instance_id", names);
    }

    [Fact]
    public void No_policy_accepts_a_revoked_platform()
    {
        var pki = new DcapTestPki();
        pki.Levels[0] = pki.Levels[0] with { Status = "Revoked" };
        Assert.Equal([DcapCodes.TcbRevoked], Failures(Appraise(pki, policy => policy with { TcbStatuses = ["Revoked"] })));
    }

    [Theory]
    [InlineData("tcb_evaluation_data_number", 21)]
    [InlineData("tcb_date_days", 20496)]
    public void Collateral_older_than_the_policys_floor_is_rejected(string field, long floor)
    {
        Assert.Equal([AttestationCodes.BelowFloor], Failures(Appraise(new DcapTestPki(), policy => policy with { Floors = policy.Floors.Add(field, floor) })));
        Assert.True(Appraise(new DcapTestPki(), policy => policy with { Floors = policy.Floors.Add(field, floor - 1) }).Accepted);
    }

    [Fact]
    public void Without_tcb_info_the_status_is_unknown_and_rejects()
    {
        var pki = new DcapTestPki();
        var policy = Policy(pki) with { MaySkip = [DcapCodes.TcbInfoMissing] };
        var context = new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = s_bound, Endorsements = pki.EndorsementsFor(true) with { TcbInfos = [] } };
        Assert.Equal([DcapCodes.TcbStatus], Failures(DcapAppraiser.Appraise(pki.TdxQuote(reportData: s_bound), policy, context)));
        Assert.True(DcapAppraiser.Appraise(pki.TdxQuote(reportData: s_bound), policy with { MaySkip = [DcapCodes.TcbInfoMissing, DcapCodes.TcbStatus] }, context).Accepted);
    }

    [Fact]
    public void Without_the_quoting_enclaves_identity_the_status_is_unknown_and_a_revoked_platform_still_revoked()
    {
        var pki = new DcapTestPki();
        AttestationResult Without(DcapTestPki platform, params string[] skipped) => DcapAppraiser.Appraise(
            platform.TdxQuote(reportData: s_bound),
            Policy(platform) with { MaySkip = [DcapCodes.QeIdentityMissing, .. skipped] },
            new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = s_bound, Endorsements = platform.EndorsementsFor(true) with { EnclaveIdentities = [] } });
        Assert.Equal([DcapCodes.TcbStatus], Failures(Without(pki)));
        Assert.True(Without(pki, DcapCodes.TcbStatus).Accepted);
        Assert.DoesNotContain(Without(pki, DcapCodes.TcbStatus).Claims!.Fields, field => field.Name == "tcb_status");
        var revoked = new DcapTestPki();
        revoked.Levels[0] = revoked.Levels[0] with { Status = "Revoked" };
        Assert.Contains(DcapCodes.TcbRevoked, Failures(Without(revoked, DcapCodes.TcbStatus)));
        var old = new DcapTestPki { PceSvn = 10 };
        old.Levels[1] = old.Levels[1] with { Tdx = [0, 0, 0] };
        Assert.Equal([DcapCodes.TcbStatus, DcapCodes.Advisories], Failures(Without(old, DcapCodes.TcbStatus)));
    }

    [Fact]
    public void Without_tcb_info_an_old_or_revoked_quoting_enclave_still_rejects()
    {
        AttestationResult Without(DcapTestPki platform) => DcapAppraiser.Appraise(
            platform.TdxQuote(reportData: s_bound),
            Policy(platform) with { MaySkip = [DcapCodes.TcbInfoMissing, DcapCodes.TcbStatus] },
            new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = s_bound, Endorsements = platform.EndorsementsFor(true) with { TcbInfos = [] } });
        Assert.True(Without(new DcapTestPki()).Accepted);
        Assert.Equal([DcapCodes.TcbStatus, DcapCodes.Advisories], Failures(Without(new DcapTestPki { QeSvn = 5 })));
        var revoked = new DcapTestPki();
        revoked.QeLevels[0] = (8, "Revoked", "");
        Assert.Equal([DcapCodes.TcbRevoked], Failures(Without(revoked)));
    }

    [Theory]
    [InlineData(0UL, DcapCodes.SeptVeDisable, "sept-ve")]
    [InlineData(1UL << 28 | 1UL << 29, DcapCodes.Migratable, "migratable")]
    [InlineData(1UL << 28 | 1UL << 30, DcapCodes.ProtectionKeys, "pks")]
    [InlineData(1UL << 28 | 1UL << 31, DcapCodes.KeyLocker, "key-locker")]
    [InlineData(1UL << 28 | 1UL << 63, DcapCodes.PerformanceMonitoring, "perfmon")]
    [InlineData(1UL << 28 | 1UL << 4, DcapCodes.TdAttributesReserved, "td-reserved")]
    public void Each_attribute_is_refused_until_the_policy_allows_it(ulong attributes, string code, string weakness)
    {
        var pki = new DcapTestPki { TdAttributes = attributes };
        Assert.Equal([code], Failures(Appraise(pki)));
        Assert.True(Appraise(pki, policy => policy with { Allow = [weakness] }).Accepted);
    }

    [Fact]
    public void A_debug_trust_domain_is_refused_even_where_other_weaknesses_are_allowed()
    {
        var pki = new DcapTestPki { TdAttributes = 1UL << 28 | 1 };
        Assert.Equal([AttestationCodes.Debug], Failures(Appraise(pki, policy => policy with { Allow = ["td-reserved", "sept-ve"] })));
        Assert.True(Appraise(pki, policy => policy with { DangerousAllowDebug = true }).Accepted);
    }

    [Theory]
    [InlineData(0x602e6UL)]
    [InlineData(0x1000000602e7UL)]
    public void Features_that_no_trust_domain_can_have_are_refused(ulong xfam) => Assert.Equal([DcapCodes.Xfam], Failures(Appraise(new DcapTestPki { Xfam = xfam })));

    [Fact]
    public void A_service_trust_domain_is_refused_unless_the_policy_names_it()
    {
        var pki = new DcapTestPki { ChangeBody = body => body[600] = 7 };
        Assert.Equal([DcapCodes.ServiceTd], Failures(Appraise(pki)));
        Assert.True(Appraise(pki, policy => policy with { Values = policy.Values.Add("td.mrservicetd", ["07" + new string('0', 94)]) }).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Failures(Appraise(pki, policy => policy with { Values = policy.Values.Add("td.mrservicetd", [new string('0', 96)]) })));
    }

    [Fact]
    public void The_tdx_module_can_be_pinned()
    {
        Assert.True(Appraise(new DcapTestPki(), policy => policy with { Values = policy.Values.Add("td.mrseam", [Repeated("00"), Repeated("5e")]) }).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Failures(Appraise(new DcapTestPki(), policy => policy with { Values = policy.Values.Add("td.mrseam", [Repeated("00")]) })));
    }

    [Theory]
    [InlineData(0x07, AttestationCodes.Debug)]
    [InlineData(0x15, DcapCodes.ProvisioningKeys)]
    [InlineData(0x0d, DcapCodes.SgxAttributesReserved)]
    public void An_enclaves_attributes_are_refused(byte flags, string code) => Assert.Equal([code], Failures(Appraise(new DcapTestPki { SgxFlags = flags }, tdx: false)));

    [Fact]
    public void A_policy_for_the_other_tee_does_not_accept()
    {
        var pki = new DcapTestPki();
        Assert.Equal([AttestationCodes.PlatformMismatch], Failures(Appraise(pki, policy => policy with { Platform = AttestationPlatform.Sgx })));
    }

    [Fact]
    public void Another_bound_value_is_refused()
    {
        var pki = new DcapTestPki();
        var context = new AppraisalContext { Now = DcapTestPki.Now, ExpectedUserData = SHA512.HashData("other"u8), Endorsements = pki.EndorsementsFor(true) };
        Assert.Equal([AttestationCodes.Binding], Failures(DcapAppraiser.Appraise(pki.TdxQuote(reportData: s_bound), Policy(pki), context)));
    }

    [Theory]
    [InlineData("", DcapCodes.Malformed)]
    [InlineData("0200", DcapCodes.UnsupportedVersion)]
    [InlineData("04000300", DcapCodes.UnsupportedKeyType)]
    [InlineData("0400020082000000", DcapCodes.UnsupportedTee)]
    [InlineData("0300020081000000", DcapCodes.UnsupportedTee)]
    public void What_is_no_quote_is_malformed(string hex, string code)
    {
        var result = DcapAppraiser.Appraise(Convert.FromHexString(hex), Policy(new DcapTestPki()), new AppraisalContext { Now = DcapTestPki.Now });
        Assert.Equal((AttestationVerdict.Malformed, code), (result.Verdict, Assert.Single(result.Checks).Code));
    }
}
