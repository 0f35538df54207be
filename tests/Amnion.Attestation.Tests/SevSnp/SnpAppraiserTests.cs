using System.Collections.Immutable;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

public sealed class SnpAppraiserTests
{
    static readonly SnpTestPlatform s_milan = SnpTestPlatform.Milan;

    static AttestationResult Appraise(Action<byte[]>? change = null, Func<AppraisalPolicy, AppraisalPolicy>? policy = null, Func<AppraisalContext, AppraisalContext>? context = null, int version = 3) =>
        SnpAppraiser.Appraise(s_milan.Report(version, change), policy?.Invoke(s_milan.Policy) ?? s_milan.Policy, context?.Invoke(s_milan.Context) ?? s_milan.Context);

    static Func<AppraisalPolicy, AppraisalPolicy> Allow(params ImmutableArray<string> names) => policy => policy with { Allow = names };

    static Func<AppraisalPolicy, AppraisalPolicy> Value(string name, params ImmutableArray<string> values) => policy => policy with { Values = policy.Values.SetItem(name, values) };

    static Func<AppraisalPolicy, AppraisalPolicy> Floor(string name, long floor) => policy => policy with { Floors = policy.Floors.SetItem(name, floor) };

    static void Bit(byte[] report, int offset, int bit) => report[offset + (bit / 8)] |= (byte)(1 << (bit % 8));

    [Fact]
    public void Accepts_and_gives_claims()
    {
        var result = Appraise();
        Assert.True(result.Accepted, string.Join(", ", result.Failures.Select(check => check.Code)));
        Assert.Equal(AttestationPlatform.Snp, result.Platform);
        var claims = result.Claims!;
        Assert.Equal(Convert.ToHexStringLower(s_milan.ChipId), claims.AttesterId);
        Assert.Null(claims.IssuedAt);
        Assert.Equal(s_milan.Ark.Anchor.KeyDigest, claims.TrustAnchor);
        Assert.Equal(SnpTestPlatform.Binding, claims.UserData!.Value.ToArray());
        Assert.False(claims.Debug);
        Assert.Contains(claims.Fields, field => field is { Name: "vek.product", Value: "Milan-B0" });
        Assert.Contains(claims.Fields, field => field is { Name: "vek.hwid" });
    }

    [Fact]
    public void A_vleks_report_is_named_by_its_provider()
    {
        var result = SnpAppraiser.Appraise(s_milan.Report(change: bytes => bytes[0x48] = 4), s_milan.Policy, s_milan.Context with { Endorsements = s_milan.Verification(s_milan.Vlek()).Endorsements });
        Assert.True(result.Accepted, string.Join(", ", result.Failures.Select(check => check.Code)));
        Assert.Equal("CN=cc-test.example", result.Claims!.AttesterId);
        Assert.Contains(result.Claims.Fields, field => field is { Name: "vek.csp_id", Value: "CN=cc-test.example" });
    }

    [Theory]
    [InlineData(1183, SnpCodes.Malformed)]
    [InlineData(1185, SnpCodes.CertificateTable)]
    [InlineData(0, SnpCodes.Malformed)]
    public void Another_length_is_malformed(int length, string code)
    {
        var evidence = s_milan.Report().Concat(new byte[1]).Take(length).ToArray();
        var result = SnpAppraiser.Appraise(evidence, s_milan.Policy, s_milan.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([code], result.Checks.Failed());
    }

    [Fact]
    public void An_unknown_version_is_malformed() => Assert.Equal([SnpCodes.UnknownVersion], Appraise(version: 6).Checks.Failed());

    [Fact]
    public void A_report_that_is_not_authentic_gives_no_claims()
    {
        var evidence = s_milan.Report(after: bytes => bytes[0x90] ^= 1);
        var result = SnpAppraiser.Appraise(evidence, Value("measurement", Convert.ToHexStringLower(evidence.AsSpan(0x90, 48)))(s_milan.Policy), s_milan.Context);
        Assert.Equal([SnpCodes.Signature], result.Checks.Failed());
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Refuses_a_policy_of_another_platform() =>
        Assert.Equal([AttestationCodes.PlatformMismatch], Appraise(policy: policy => policy with { Platform = AttestationPlatform.Nitro }).Checks.Failed());

    [Fact]
    public void Refuses_a_policy_that_names_no_code()
    {
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Appraise(policy: policy => policy with { Values = policy.Values.Clear() }).Checks.Failed());
        var zero = new string('0', 96);
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Appraise(policy: policy => policy with { Values = policy.Values.Clear().Add("id_key_digest", [zero]) }).Checks.Failed());
    }

    [Fact]
    public void Rejects_another_measurement_and_another_binding()
    {
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(bytes => bytes[0x90] ^= 1).Checks.Failed());
        Assert.Equal([AttestationCodes.Binding], Appraise(bytes => bytes[0x8f] ^= 1).Checks.Failed());
        Assert.Equal([AttestationCodes.Binding], Appraise(context: context => context with { ExpectedUserData = null }).Checks.Failed());
        Assert.Equal([AttestationCodes.Binding], Appraise(context: context => context with { ExpectedUserData = SnpTestPlatform.Binding.AsMemory(0, 32) }).Checks.Failed());
    }

    [Fact]
    public void Debug_is_refused_unless_the_policy_says_dangerous_words()
    {
        Assert.Equal([AttestationCodes.Debug], Appraise(bytes => Bit(bytes, 8, 19)).Checks.Failed());
        var allowed = Appraise(bytes => Bit(bytes, 8, 19), policy => policy with { DangerousAllowDebug = true });
        Assert.True(allowed.Accepted);
        Assert.True(allowed.Claims!.Debug);
    }

    [Theory]
    [InlineData(0x08, 18, SnpCodes.MigrationAgent, SnpAllowance.MigrationAgent)]
    [InlineData(0x08, 16, SnpCodes.Smt, SnpAllowance.Smt)]
    [InlineData(0x40, 0, SnpCodes.Smt, SnpAllowance.Smt)]
    [InlineData(0x08, 21, SnpCodes.Cxl, SnpAllowance.Cxl)]
    [InlineData(0x40, 7, SnpCodes.Tio, SnpAllowance.TrustedDevices)]
    [InlineData(0x38, 1, SnpCodes.Provisional, SnpAllowance.ProvisionalFirmware)]
    [InlineData(0x1e8, 1, SnpCodes.Provisional, SnpAllowance.ProvisionalFirmware)]
    public void A_weakness_needs_the_policys_word(int offset, int bit, string code, string name)
    {
        Assert.Equal([code], Appraise(bytes => Bit(bytes, offset, bit)).Checks.Failed());
        var allowed = Appraise(bytes => Bit(bytes, offset, bit), Allow(name));
        Assert.True(allowed.Accepted);
        Assert.Equal(CheckOutcome.Skip, allowed.Checks.Only(code).Outcome);
        Assert.Equal([code], Appraise(bytes => Bit(bytes, offset, bit), Allow("other")).Checks.Failed());
    }

    [Fact]
    public void The_alias_check_is_demanded_from_version_3_on()
    {
        static void Clear(byte[] bytes) => bytes[0x40] = 4;
        Assert.Equal([SnpCodes.AliasCheck], Appraise(Clear).Checks.Failed());
        Assert.True(Appraise(Clear, Allow(SnpAllowance.NoAliasCheck)).Accepted);
        var old = Appraise(Clear, version: 2);
        Assert.True(old.Accepted);
        Assert.Equal(CheckOutcome.Skip, old.Checks.Only(SnpCodes.AliasCheck).Outcome);
    }

    [Fact]
    public void A_mitigation_of_the_launch_must_still_be_there()
    {
        static void Fewer(byte[] bytes) => (bytes[0x1f8], bytes[0x200]) = (3, 1);
        Assert.Equal([SnpCodes.Mitigations], Appraise(Fewer, version: 5).Checks.Failed());
        Assert.True(Appraise(Fewer, Allow(SnpAllowance.FewerMitigations), version: 5).Accepted);
        Assert.True(Appraise(bytes => (bytes[0x1f8], bytes[0x200]) = (1, 3), version: 5).Accepted);
        Assert.Equal(CheckOutcome.Skip, Appraise().Checks.Only(SnpCodes.Mitigations).Outcome);
    }

    [Fact]
    public void A_policy_can_demand_one_mitigation()
    {
        Assert.True(Appraise(bytes => (bytes[0x1f8], bytes[0x200]) = (2, 2), Value("launch_mit_vector_bits.1", "1"), version: 5).Accepted);
        Assert.Equal([AttestationCodes.FieldMissing], Appraise(policy: Value("launch_mit_vector_bits.1", "1"), version: 5).Checks.Failed());
        Assert.Equal([AttestationCodes.FieldMissing], Appraise(policy: Value("launch_mit_vector_bits.1", "1"), version: 3).Checks.Failed());
    }

    [Fact]
    public void Another_privilege_level_needs_a_value()
    {
        Assert.Equal([SnpCodes.Vmpl], Appraise(bytes => bytes[0x30] = 1).Checks.Failed());
        Assert.True(Appraise(bytes => bytes[0x30] = 1, Value("vmpl", "1")).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(bytes => bytes[0x30] = 2, Value("vmpl", "0", "1")).Checks.Failed());
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(policy: Value("vmpl", "1")).Checks.Failed());
    }

    [Fact]
    public void An_author_key_counts_only_with_its_flag()
    {
        var digest = new string('1', 96);
        void Digest(byte[] bytes) => bytes.AsSpan(0x110, 48).Fill(0x11);
        Assert.Equal([SnpCodes.AuthorKey], Appraise(Digest, Value("author_key_digest", digest)).Checks.Failed());
        Assert.True(Appraise(bytes => { Digest(bytes); bytes[0x48] = 1; }, Value("author_key_digest", digest)).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(policy: Value("author_key_digest", digest)).Checks.Failed());
        Assert.True(Appraise(policy: Value("author_key_digest", new string('0', 96))).Accepted);
        Assert.True(Appraise(Digest).Accepted);
    }

    [Fact]
    public void An_id_key_stands_for_the_code_it_signed()
    {
        var digest = new string('1', 96);
        var policy = s_milan.Policy with { Values = s_milan.Policy.Values.Clear().Add("id_key_digest", [digest]) };
        Assert.True(Appraise(bytes => bytes.AsSpan(0xe0, 48).Fill(0x11), _ => policy).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(policy: _ => policy).Checks.Failed());
    }

    [Theory]
    [InlineData("single_socket", 20, SnpCodes.SingleSocket)]
    [InlineData("mem_aes256_xts", 22, SnpCodes.Aes256Xts)]
    [InlineData("rapl_dis", 23, SnpCodes.Rapl)]
    [InlineData("ciphertext_hiding", 24, SnpCodes.CiphertextHiding)]
    [InlineData("page_swap_disable", 25, SnpCodes.PageSwap)]
    public void A_restriction_can_be_demanded(string name, int bit, string code)
    {
        var demand = Value("policy_bits." + name, "1");
        Assert.Equal([code, AttestationCodes.FieldMismatch], Appraise(policy: demand).Checks.Failed());
        Assert.True(Appraise(bytes => Bit(bytes, 8, bit), demand).Accepted);
        Assert.Equal(CheckOutcome.Skip, Appraise().Checks.Only(code).Outcome);
        Assert.Equal(CheckOutcome.Pass, Appraise(bytes => Bit(bytes, 8, bit)).Checks.Only(code).Outcome);
    }

    [Theory]
    [InlineData("reported_tcb_parts.microcode", 219, 220)]
    [InlineData("reported_tcb_parts.snp", 24, 25)]
    [InlineData("committed_tcb_parts.snp", 24, 25)]
    [InlineData("current_tcb_parts.bootloader", 4, 5)]
    [InlineData("launch_tcb_parts.tee", 0, 1)]
    [InlineData("policy_bits.abi", 0, 1)]
    [InlineData("committed_fw_number", 0x01371d, 0x01371e)]
    [InlineData("guest_svn", 0, 1)]
    [InlineData("version", 3, 4)]
    public void A_floor_is_the_lowest_that_passes(string name, long reached, long missed)
    {
        Assert.True(Appraise(policy: Floor(name, reached)).Accepted);
        Assert.Equal([AttestationCodes.BelowFloor], Appraise(policy: Floor(name, missed)).Checks.Failed());
    }

    [Fact]
    public void A_product_can_be_pinned_even_for_version_2()
    {
        Assert.True(Appraise(policy: Value("product", "Milan")).Accepted);
        Assert.True(Appraise(policy: Value("product", "Milan"), version: 2).Accepted);
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(policy: Value("product", "Genoa", "Turin")).Checks.Failed());
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(policy: Value("product", "Genoa", "Turin"), version: 2).Checks.Failed());
    }

    [Fact]
    public void A_machine_can_be_pinned()
    {
        Assert.True(Appraise(policy: policy => policy with { Machines = [Convert.ToHexStringLower(s_milan.ChipId)] }).Accepted);
        Assert.Equal([AttestationCodes.Machine], Appraise(policy: policy => policy with { Machines = ["00"] }).Checks.Failed());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_masked_chip_needs_the_policys_word_and_is_named_by_its_certificate(byte flags)
    {
        void Mask(byte[] bytes)
        {
            bytes.AsSpan(0x1a0, 64).Clear();
            bytes[0x48] = flags;
        }

        Assert.Equal([SnpCodes.HardwareId], Appraise(Mask).Checks.Failed());
        var allowed = Appraise(Mask, Allow(SnpAllowance.MaskedChipId));
        Assert.True(allowed.Accepted);
        Assert.Equal(Convert.ToHexStringLower(s_milan.ChipId), allowed.Claims!.AttesterId);
        Assert.Equal([AttestationCodes.FieldMismatch], Appraise(Mask, policy => Value("vek.hwid", "00")(Allow(SnpAllowance.MaskedChipId)(policy))).Checks.Failed());
    }

    [Fact]
    public void A_chip_of_turin_has_one_name_masked_or_not()
    {
        var turin = SnpTestPlatform.Turin;
        string Name(Action<byte[]>? change) => SnpAppraiser.Appraise(turin.Report(change: change), turin.Policy with { Allow = [SnpAllowance.MaskedChipId] }, turin.Context).Claims!.AttesterId;
        Assert.Equal(Name(null), Name(bytes => bytes.AsSpan(0x1a0, 64).Clear()));
    }

    [Fact]
    public void A_weakness_that_is_allowed_is_named_with_the_policys_word()
    {
        var check = Appraise(bytes => Bit(bytes, 8, 18), Allow(SnpAllowance.MigrationAgent)).Checks.Only(SnpCodes.MigrationAgent);
        Assert.Equal("the guest's policy allows one; the policy allows \"migrate\"", check.Actual);
        Assert.False(check.Required);
        Assert.Null(Appraise().Checks.Only(SnpCodes.MigrationAgent).Actual);
    }

    [Fact]
    public void A_fleet_of_several_products_has_further_anchors()
    {
        var genoa = SnpTestPlatform.Genoa;
        var milanOnly = s_milan.Policy with { TrustAnchor = SnpRoots.Milan.KeyDigest };
        Assert.Equal([PathCodes.TrustAnchor], SnpAppraiser.Appraise(genoa.Report(), milanOnly, genoa.Context).Checks.Failed());
        Assert.True(SnpAppraiser.Appraise(genoa.Report(), milanOnly with { FurtherTrustAnchors = [genoa.Ark.Anchor.KeyDigest] }, genoa.Context).Accepted);
    }

    [Fact]
    public void Uses_the_certificates_of_the_hosts_table()
    {
        var endorsements = s_milan.Context.Endorsements with { Certificates = [] };
        byte[] evidence = [.. s_milan.Report(), .. SnpCertificateTableTests.Table(("63da758d-e664-4564-adc5-f4b93be8accd", s_milan.Vcek()), ("4ab7b379-bbac-4fe4-a02f-05aef327c782", s_milan.Ask.Der), ("c0b406a4-a803-4952-9743-3fb6014cd0ae", s_milan.Ark.Der))];
        Assert.True(SnpAppraiser.Appraise(evidence, s_milan.Policy, s_milan.Context with { Endorsements = endorsements }).Accepted);
        Assert.Equal([SnpCodes.NoEndorsementKey], SnpAppraiser.Appraise(s_milan.Report(), s_milan.Policy, s_milan.Context with { Endorsements = endorsements }).Checks.Failed());
    }

    [Fact]
    public void Every_failure_is_listed()
    {
        var result = Appraise(bytes => { Bit(bytes, 8, 18); Bit(bytes, 8, 19); Bit(bytes, 8, 40); bytes[0x30] = 1; bytes[0x90] ^= 1; });
        Assert.Equal([SnpCodes.PolicyReserved, SnpCodes.Vmpl, SnpCodes.MigrationAgent, AttestationCodes.Debug, AttestationCodes.FieldMismatch], result.Checks.Failed());
    }
}
