using System.Collections.Immutable;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tests.EventLogs;
using Amnion.Attestation.Tests.Tpm;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>What a policy and an event log add to an authentic quote.</summary>
public sealed class TpmAppraiserTests
{
    readonly TestTpm _tpm = new();

    AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.Tpm,
        TrustAnchor = _tpm.KeyDigest,
        Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("pcr.4", [Register(4)]).Add("pcr.7", [Register(7)]),
    };

    static AppraisalContext Context => new() { Now = TestAuthority.Now, Nonce = TestTpm.Nonce };

    static string Register(int index) => Convert.ToHexStringLower(TestTpm.Register(TestTpm.Sha256, index));

    static string[] Failed(byte[] evidence, AppraisalPolicy policy, AppraisalContext? context = null) => [.. TpmAppraiser.Appraise(evidence, policy, context ?? Context).Failures.Select(check => check.Code)];

    [Fact]
    public void Accepts_what_the_policy_names_and_gives_the_claims()
    {
        var result = TpmAppraiser.Appraise(_tpm.Json(), Policy, Context);
        Assert.True(result.Accepted, string.Join(", ", result.Failures));
        Assert.Null(result.Claims!.IssuedAt);
        Assert.Equal(TestTpm.Nonce, result.Claims.Nonce!.Value.ToArray());
        Assert.Equal(Register(4), result.Claims.Registers[4].ToString());
        Assert.Contains(result.Claims.Fields, field => field is { Name: "reset_count", Value: "7" });
    }

    [Fact]
    public void Rejects_a_register_with_another_value_and_one_that_is_not_quoted()
    {
        Assert.Equal([AttestationCodes.FieldMismatch], Failed(_tpm.Json(), Policy with { Values = Policy.Values.SetItem("pcr.7", [Register(8)]) }));
        var some = new TestTpm { Selections = [(TestTpm.Sha256, [4])] };
        Assert.Equal([TpmCodes.Selection, AttestationCodes.FieldMissing], Failed(some.Json(), Policy));
    }

    [Fact]
    public void Rejects_a_policy_that_pins_no_code_and_one_of_another_platform()
    {
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Failed(_tpm.Json(), Policy with { Values = Policy.Values.Remove("pcr.4") }));
        Assert.Equal([AttestationCodes.PlatformMismatch], Failed(_tpm.Json(), Policy with { Platform = AttestationPlatform.Snp }));
    }

    [Fact]
    public void Rejects_another_nonce_or_none()
    {
        Assert.Equal([AttestationCodes.Nonce], Failed(_tpm.Json(), Policy, Context with { Nonce = new byte[32] }));
        Assert.Equal([AttestationCodes.Nonce], Failed(_tpm.Json(), Policy, Context with { Nonce = default }));
    }

    [Fact]
    public void Takes_a_padded_value_only_where_the_policy_says_so()
    {
        byte[] value = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        var padded = new TestTpm { ExtraData = [.. value, .. new byte[12]] };
        var context = Context with { ExpectedUserData = value };
        Assert.Equal([AttestationCodes.Binding], Failed(padded.Json(), Policy, context));
        Assert.Empty(Failed(padded.Json(), Policy with { Binding = BindingForm.ZeroPadded }, context));
    }

    [Fact]
    public void Rejects_sha1_unless_the_policy_allows_it_by_name()
    {
        var old = new TestTpm { Selections = [(TestTpm.Sha1, [.. Enumerable.Range(0, 24)])] };
        var policy = Policy with { Values = Policy.Values.Clear().Add("pcr.4", [Convert.ToHexStringLower(TestTpm.Register(TestTpm.Sha1, 4))]) };
        Assert.Equal([TpmCodes.Bank, AttestationCodes.FieldMissing], Failed(old.Json(), policy));
        Assert.Empty(Failed(old.Json(), policy with { Allow = [TpmAppraiser.AllowSha1] }));
    }

    [Fact]
    public void Rejects_a_key_that_nobody_vouches_for()
    {
        Assert.Equal([TpmCodes.Provenance], Failed(_tpm.Json(), Policy with { TrustAnchor = new Measurement(new byte[32]) }));
        Assert.Null(TpmAppraiser.Appraise(_tpm.Json(), Policy with { TrustAnchor = new Measurement(new byte[32]) }, Context).Claims);
    }

    [Fact]
    public void Rejects_an_event_log_that_does_not_replay_to_the_quoted_registers()
    {
        var log = new TestLog(TestLog.Sha256).Add(4, TestLog.EfiAction, "Calling EFI Application from Boot Option");
        var failed = Failed(_tpm.Json(log.Bytes), Policy);
        Assert.Equal([EventLogCodes.ReplayMismatch, EventLogCodes.RegisterNotInLog], failed);
        Assert.Equal([EventLogCodes.Malformed], Failed(_tpm.Json([1, 2, 3]), Policy));
        Assert.Equal([EventLogCodes.Malformed], Failed(_tpm.Json(), Policy, Context with { EventLog = new byte[] { 1, 2, 3 } }));
    }

    [Fact]
    public void Names_the_anchor_that_vouches_and_not_the_one_that_the_policy_names_first()
    {
        var policy = Policy with { TrustAnchor = new Measurement(new byte[32]), FurtherTrustAnchors = [_tpm.KeyDigest] };
        Assert.Equal(_tpm.KeyDigest, TpmAppraiser.Appraise(_tpm.Json(), policy, Context).Claims!.TrustAnchor);
        var root = TestAuthority.Root(System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384), "TPM CA");
        var leaf = root.Issue(_tpm.Key, "AK", certificate =>
        {
            TestAuthority.Leaf(certificate);
            certificate.Extra.Add(new System.Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension([new System.Security.Cryptography.Oid("2.23.133.8.3")], critical: true));
        });
        var chained = TpmAppraiser.Appraise(_tpm.Evidence with { Certificates = [leaf.Der, root.Der] }, policy with { FurtherTrustAnchors = [root.Anchor.KeyDigest] }, Context);
        Assert.True(chained.Accepted, string.Join(", ", chained.Failures));
        Assert.Equal(root.Anchor.KeyDigest, chained.Claims!.TrustAnchor);
        var waived = TpmAppraiser.Appraise(_tpm.Json(), policy with { FurtherTrustAnchors = [], MaySkip = [TpmCodes.Provenance] }, Context);
        Assert.Equal(_tpm.KeyDigest, waived.Claims!.TrustAnchor);
    }

    [Fact]
    public void What_the_sender_says_of_its_key_is_a_remark()
    {
        Assert.All(TpmAppraiser.Fields(_tpm.Evidence).Where(field => field.Name is "ak_attributes" or "ak_name"), field => Assert.True(field.IsRemark));
        Assert.DoesNotContain(TpmAppraiser.Appraise(_tpm.Json(), Policy, Context).Claims!.Fields, field => field.Name is "ak_attributes" or "ak_name");
        Assert.Equal([AttestationCodes.FieldMissing], Failed(_tpm.Json(), Policy with { Values = Policy.Values.Add("ak_attributes", ["0x50072"]) }));
    }

    [Fact]
    public void Remembers_an_event_log_and_judges_it_again_against_other_registers()
    {
        var context = Context with { Cache = new AppraisalCache() };
        var log = new TestLog(TestLog.Sha256).Add(4, TestLog.EfiAction, "Calling EFI Application from Boot Option");
        var first = Failed(_tpm.Json(log.Bytes), Policy, context);
        var count = context.Cache.Count;
        Assert.True(count > 0);
        Assert.Equal(first, Failed(_tpm.Json(log.Bytes), Policy, context));
        Assert.Equal(count, context.Cache.Count);
        Assert.Contains(EventLogCodes.ReplayMismatch, first);
    }

    [Fact]
    public void Says_what_is_malformed()
    {
        var result = TpmAppraiser.Appraise([0x0a], Policy, Context);
        Assert.Equal(AttestationVerdict.Malformed, result.Verdict);
        Assert.Equal([TpmCodes.Malformed], result.Failures.Select(check => check.Code));
    }
}
