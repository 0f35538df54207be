using System.Collections.Immutable;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>What a policy adds to an authentic document, each with the exact code.</summary>
public sealed class NitroAppraiserTests
{
    readonly TestChain _chain = new();

    AttestationResult Appraise(Func<AppraisalPolicy, AppraisalPolicy>? policy = null, Func<AppraisalContext, AppraisalContext>? context = null, Func<NitroDocumentContent, NitroDocumentContent>? content = null) =>
        NitroAppraiser.Appraise(_chain.Document(content), policy?.Invoke(_chain.Policy) ?? _chain.Policy, context?.Invoke(TestChain.Context) ?? TestChain.Context);

    static void Fails(string code, AttestationResult result)
    {
        Assert.Equal([code], result.Failures.Select(check => check.Code));
        Assert.False(result.Accepted);
        Assert.Equal(AttestationVerdict.Rejected, result.Verdict);
    }

    static ImmutableSortedDictionary<int, Measurement> With(ImmutableSortedDictionary<int, Measurement> pcrs, params (int Index, Measurement Value)[] changes) =>
        pcrs.SetItems(changes.Select(change => KeyValuePair.Create(change.Index, change.Value)));

    [Fact]
    public void Accepts_what_the_policy_names_and_gives_the_claims()
    {
        var result = Appraise();
        Assert.True(result.Accepted, string.Join(", ", result.Failures));
        Assert.Equal(AttestationVerdict.Accepted, result.Verdict);
        Assert.True(result.Emulated);
        Assert.False(result.AtDocumentTime);
        Assert.Equal("i-0123-enc4567", result.Claims!.AttesterId);
        Assert.Equal(TestChain.Epoch, result.Claims.IssuedAt);
        Assert.Equal(TestChain.Register(0), result.Claims.Registers[0]);
        Assert.Equal(TestChain.Binding, result.Claims.UserData!.Value.ToArray());
        Assert.Equal(TestChain.Nonce, result.Claims.Nonce!.Value.ToArray());
        Assert.Equal([1, 2, 3], result.Claims.PublicKey!.Value.ToArray());
        Assert.Equal(_chain.Anchor.KeyDigest, result.Claims.TrustAnchor);
        Assert.False(result.Claims.Debug);
    }

    [Fact]
    public void Accepts_any_of_several_reference_values() =>
        Assert.True(Appraise(policy => policy with { Registers = policy.Registers.SetItem(0, [TestChain.Register(99), TestChain.Register(0)]) }).Accepted);

    [Fact]
    public void Rejects_a_register_with_another_value()
    {
        var result = Appraise(policy => policy with { Registers = policy.Registers.SetItem(1, [TestChain.Register(99)]) });
        Fails(NitroCodes.RegisterMismatch, result);
        var check = result.Failures.Single();
        Assert.Equal("register 1", check.Name);
        Assert.Equal(TestChain.Register(99).ToString(), check.Expected);
        Assert.Equal(TestChain.Register(1).ToString(), check.Actual);
        Assert.NotNull(result.Claims);
    }

    [Fact]
    public void Lists_every_register_that_differs()
    {
        var result = Appraise(policy => policy with { Registers = policy.Registers.SetItem(1, [TestChain.Register(99)]).SetItem(8, [TestChain.Register(98)]) });
        Assert.Equal(["register 1", "register 8"], result.Failures.Select(check => check.Name));
    }

    [Fact]
    public void Rejects_a_register_that_is_missing_though_nothing_contradicts() =>
        Fails(NitroCodes.RegisterMissing, Appraise(policy => policy with { Registers = policy.Registers.Add(16, [Measurement.Zero(48)]) }));

    [Fact]
    public void Rejects_everything_where_the_policy_has_no_registers() =>
        Fails(AttestationCodes.PolicyPinsNoCode, Appraise(policy => policy with { Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty }));

    [Fact]
    public void Rejects_everything_where_a_register_has_no_values() =>
        Fails(AttestationCodes.PolicyRegisterWithoutValues, Appraise(policy => policy with { Registers = policy.Registers.SetItem(2, []) }));

    [Fact]
    public void Rejects_a_policy_that_pins_no_code() => Fails(AttestationCodes.PolicyPinsNoCode, Appraise(policy => policy with
    {
        Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty.Add(2, [TestChain.Register(2)]).Add(3, [Measurement.Zero(48)]),
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Accepts_a_policy_that_pins_one_register_that_fixes_the_code(int index) => Assert.True(Appraise(policy => policy with
    {
        Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty.Add(index, [TestChain.Register(index)]),
    }).Accepted);

    [Fact]
    public void A_register_that_may_be_zero_names_no_code()
    {
        // Register 8 of an image nobody signed, register 0 of a debug enclave: any program has these.
        var unsigned = Appraise(
            policy => policy with { Registers = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty.Add(8, [TestChain.Register(8), Measurement.Zero(48)]) },
            content: content => content with { Pcrs = With(content.Pcrs, (8, Measurement.Zero(48))) });
        Fails(AttestationCodes.PolicyPinsNoCode, unsigned);

        var none = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty;
        var policy = _chain.Policy with { Registers = none.Add(1, [TestChain.Register(1)]).Add(2, [Measurement.Zero(48)]) };
        Assert.False(policy.NamesCode);
        Assert.True((policy with { DangerousAllowDebug = true }).NamesCode);
        Assert.False((policy with { Registers = none.Add(8, [Measurement.Zero(48)]), DangerousAllowDebug = true }).NamesCode);
        Assert.True((policy with { Registers = policy.Registers.Add(8, [TestChain.Register(8)]) }).NamesCode);
    }

    [Fact]
    public void Rejects_a_debug_enclave()
    {
        var zero = Measurement.Zero(48);
        var result = Appraise(
            policy => policy with { Registers = policy.Registers.SetItem(0, [zero]).SetItem(1, [zero]).SetItem(2, [zero]) },
            content: content => content with { Pcrs = With(content.Pcrs, (0, zero), (1, zero), (2, zero)) });
        Fails(NitroCodes.Debug, result);
        Assert.True(result.Claims!.Debug);
    }

    [Fact]
    public void Rejects_a_zero_pcr0_alone() => Fails(NitroCodes.Debug, Appraise(
        policy => policy with { Registers = policy.Registers.SetItem(0, [Measurement.Zero(48)]) },
        content: content => content with { Pcrs = With(content.Pcrs, (0, Measurement.Zero(48))) }));

    [Fact]
    public void Accepts_a_debug_enclave_only_where_the_policy_says_so_by_its_dangerous_name()
    {
        var result = Appraise(
            policy => policy with { Registers = policy.Registers.SetItem(0, [Measurement.Zero(48)]), DangerousAllowDebug = true },
            content: content => content with { Pcrs = With(content.Pcrs, (0, Measurement.Zero(48))) });
        Assert.True(result.Accepted);
        Assert.Equal(CheckOutcome.Skip, result.Checks.Only(NitroCodes.Debug).Outcome);
        Assert.True(result.Claims!.Debug);
    }

    [Fact]
    public void Rejects_another_nonce() => Fails(NitroCodes.Nonce, Appraise(context: context => context with { Nonce = new byte[32] }));

    [Fact]
    public void Rejects_a_document_without_a_nonce() => Fails(NitroCodes.Nonce, Appraise(content: content => content with { Nonce = null }));

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(65)]
    public void Rejects_live_evidence_without_a_nonce_of_the_relying_partys_own(int length)
    {
        var nonce = new byte[length];
        Fails(NitroCodes.Nonce, Appraise(context: context => context with { Nonce = nonce }, content: content => content with { Nonce = nonce }));
    }

    [Fact]
    public void Rejects_another_binding() => Fails(NitroCodes.UserData, Appraise(context: context => context with { ExpectedUserData = new byte[64] }));

    [Fact]
    public void Rejects_a_prefix_of_the_binding() => Fails(NitroCodes.UserData, Appraise(content: content => content with { UserData = TestChain.Binding.AsMemory(0, 63) }));

    [Fact]
    public void Rejects_a_document_without_a_binding() => Fails(NitroCodes.UserData, Appraise(content: content => content with { UserData = null }));

    [Fact]
    public void Skips_the_binding_where_the_caller_has_none_and_says_so()
    {
        var result = Appraise(context: context => context with { ExpectedUserData = null });
        Assert.True(result.Accepted);
        Assert.Equal(CheckOutcome.Skip, result.Checks.Only(NitroCodes.UserData).Outcome);
    }

    [Fact]
    public void Rejects_a_document_that_is_too_old()
    {
        var oldest = TestChain.Epoch + AppraisalPolicy.DefaultMaxAge + AppraisalPolicy.DefaultClockSkew;
        Assert.True(Appraise(context: context => context with { Now = oldest }).Accepted);
        Fails(NitroCodes.TooOld, Appraise(context: context => context with { Now = oldest.AddMilliseconds(1) }));
    }

    [Fact]
    public void Rejects_a_document_of_the_future()
    {
        Assert.True(Appraise(context: context => context with { Now = TestChain.Epoch - AppraisalPolicy.DefaultClockSkew }).Accepted);
        var result = Appraise(context: context => context with { Now = TestChain.Epoch - AppraisalPolicy.DefaultClockSkew - TimeSpan.FromMilliseconds(1) });
        Fails(NitroCodes.TimestampInFuture, result);
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Audits_at_the_documents_own_time_and_says_that_freshness_was_skipped()
    {
        var result = Appraise(context: context => context with { AtDocumentTime = true, Now = TestChain.Epoch.AddYears(3) });
        Assert.True(result.Accepted);
        Assert.True(result.AtDocumentTime);
        Assert.Equal(CheckOutcome.Skip, result.Checks.Only(NitroCodes.TooOld).Outcome);
        Fails(NitroCodes.Nonce, Appraise(context: context => context with { AtDocumentTime = true, Nonce = new byte[32] }));
    }

    [Fact]
    public void An_audit_needs_no_nonce_and_says_so()
    {
        var result = Appraise(context: context => context with { AtDocumentTime = true, Nonce = default });
        Assert.True(result.Accepted);
        Assert.Equal(CheckOutcome.Skip, result.Checks.Only(NitroCodes.Nonce).Outcome);
    }

    [Fact]
    public void Rejects_another_root_than_the_policys_and_gives_no_claims()
    {
        var result = Appraise(policy => policy with { TrustAnchor = new Measurement(new byte[32]) });
        Fails(NitroCodes.TrustAnchor, result);
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Never_accepts_a_development_root_as_nitro() =>
        Fails(AttestationCodes.PolicyAnchorUnfit, Appraise(policy => policy with { Platform = AttestationPlatform.Nitro }));

    [Theory]
    [InlineData(AttestationPlatform.Local)]
    [InlineData(AttestationPlatform.Qemu)]
    public void Never_accepts_the_aws_root_as_emulated(string platform)
    {
        var result = Appraise(policy => policy with { Platform = platform, TrustAnchor = NitroRoots.AwsRootG1.KeyDigest });
        Assert.Equal([AttestationCodes.PolicyAnchorUnfit, NitroCodes.TrustAnchor], result.Failures.Select(check => check.Code));
    }

    [Fact]
    public void A_kept_root_certificate_must_be_the_documents()
    {
        Assert.True(Appraise(context: context => context with { AnchorCertificate = _chain.Certificates[0] }).Accepted);
        var other = new TestChain();
        other.Root.NotAfter = TestChain.Epoch.AddDays(2);
        Fails(NitroCodes.TrustAnchor, Appraise(context: context => context with { AnchorCertificate = other.Certificates[0] }));
    }

    [Fact]
    public void Passes_revocation_on()
    {
        Fails(NitroCodes.Revoked, Appraise(context: context => context with { Revoked = [CertificateId.FromCertificate(_chain.Certificates[3])] }));
        var list = _chain.RevocationList(_chain.Region, [_chain.Instance.Serial], TestChain.Epoch.AddHours(-1), TestChain.Epoch.AddHours(1));
        Fails(NitroCodes.RevokedByIssuer, Appraise(context: context => context with { Endorsements = new Endorsements { RevocationLists = [list] } }));
    }

    [Fact]
    public void Says_where_a_malformed_document_breaks()
    {
        var result = NitroAppraiser.Appraise([.. _chain.Document(), 0], _chain.Policy, TestChain.Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([NitroCodes.Malformed], result.Failures.Select(check => check.Code));
        Assert.Null(result.Claims);
    }

    [Fact]
    public void Dispatches_by_platform()
    {
        var document = _chain.Document();
        Assert.True(EvidenceAppraiser.Appraise("local", document, _chain.Policy, TestChain.Context).Accepted);
        Fails(AttestationCodes.PlatformMismatch, EvidenceAppraiser.Appraise("qemu", document, _chain.Policy, TestChain.Context));
        var unsupported = EvidenceAppraiser.Appraise("abacus", document, _chain.Policy, TestChain.Context);
        Assert.Equal(AttestationVerdict.Unsupported, unsupported.Verdict);
        Assert.False(unsupported.Accepted);
        Assert.Equal([AttestationCodes.UnsupportedPlatform], unsupported.Failures.Select(check => check.Code));
        foreach (var platform in AttestationPlatform.All.Where(platform => platform is not (AttestationPlatform.Local or AttestationPlatform.Qemu or AttestationPlatform.Nitro)))
        {
            var other = EvidenceAppraiser.Appraise(platform, document, _chain.Policy, TestChain.Context);
            Assert.True(other.Verdict == AttestationVerdict.Malformed && other.Claims is null, platform);
        }
    }

    [Fact]
    public void Every_check_has_a_code_a_name_and_a_source() => Assert.All(Appraise().Checks, check =>
    {
        Assert.Matches("^AMN-[A-Z]+-[0-9]{4}$", check.Code);
        Assert.NotEmpty(check.Name);
        Assert.NotEmpty(check.Source);
    });
}
