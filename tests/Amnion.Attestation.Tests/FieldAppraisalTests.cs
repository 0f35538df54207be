using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tests;

/// <summary>The comparison of decoded fields with a policy that all formats share.</summary>
public sealed class FieldAppraisalTests
{
    static readonly string s_code = new('a', 64);
    static readonly byte[] s_value = SHA512.HashData("keys"u8);

    static readonly ImmutableArray<EvidenceField> s_fields =
    [
        new("measurement", s_code, "code"),
        new("signer", new string('b', 64), "signer"),
        new("product", "0", "number"),
        new("svn", "7", "version"),
        new("abi", "0x1f", "version"),
        new("text", "word", "no number"),
        new("chip", "c0ffee", "machine"),
        new("data", Convert.ToHexStringLower(s_value), "bound"),
    ];

    static readonly FormatSpec s_spec = new() { CodeFields = [["measurement"], ["signer", "product"]], MachineField = "chip", BindingField = "data" };

    static readonly AppraisalContext s_context = new() { Now = TestAuthority.Now, ExpectedUserData = s_value };

    static AppraisalPolicy Policy(params (string Name, string Value)[] values) => new()
    {
        Platform = AttestationPlatform.Snp,
        TrustAnchor = Measurement.Zero(32),
        Values = values.ToImmutableSortedDictionary(entry => entry.Name, entry => ImmutableArray.Create(entry.Value), StringComparer.Ordinal),
    };

    static readonly AppraisalPolicy s_policy = Policy(("measurement", s_code));

    static string[] Check(AppraisalPolicy policy, AppraisalContext? context = null, FormatSpec? spec = null, string? debug = null)
    {
        var checks = new CheckList(policy.MaySkip);
        FieldAppraisal.Begin(AttestationPlatform.Snp, policy, context ?? s_context, checks);
        FieldAppraisal.Check(s_fields, spec ?? s_spec, debug, policy, context ?? s_context, checks);
        return [.. checks.ToImmutable().Where(check => check.Rejects).Select(check => check.Code)];
    }

    [Fact]
    public void Accepts_what_the_policy_pins() => Assert.Empty(Check(s_policy));

    [Fact]
    public void Refuses_another_value_and_a_field_that_is_not_there()
    {
        Assert.Equal([AttestationCodes.FieldMismatch], Check(Policy(("measurement", new string('c', 64)))));
        Assert.Equal([AttestationCodes.FieldMismatch], Check(Policy(("measurement", s_code), ("text", "Word"))));
        Assert.Equal([AttestationCodes.FieldMissing], Check(Policy(("measurement", s_code), ("absent", "1"))));
    }

    [Fact]
    public void Demands_that_the_code_is_pinned_by_something_that_measures()
    {
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Check(Policy()));
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Check(Policy(("signer", new string('b', 64)))));
        Assert.Empty(Check(Policy(("signer", new string('b', 64)), ("product", "0"))));
        var zero = s_policy with { Values = s_policy.Values.SetItem("measurement", [s_code, new string('0', 64)]) };
        Assert.Equal([AttestationCodes.PolicyPinsNoCode], Check(zero));
    }

    [Theory]
    [InlineData("svn", 7, true)]
    [InlineData("svn", 8, false)]
    [InlineData("abi", 31, true)]
    [InlineData("abi", 32, false)]
    [InlineData("text", 0, false)]
    public void Compares_floors_as_numbers(string name, long floor, bool holds) =>
        Assert.Equal(holds ? [] : [AttestationCodes.BelowFloor], Check(s_policy with { Floors = s_policy.Floors.Add(name, floor) }));

    [Fact]
    public void A_floor_needs_its_field() => Assert.Equal([AttestationCodes.FieldMissing], Check(s_policy with { Floors = s_policy.Floors.Add("absent", 0) }));

    [Fact]
    public void Compares_the_machine_where_the_policy_names_some()
    {
        Assert.Empty(Check(s_policy with { Machines = ["c0ffee"] }));
        Assert.Equal([AttestationCodes.Machine], Check(s_policy with { Machines = ["decaf"] }));
        Assert.Equal([AttestationCodes.Machine], Check(s_policy with { Machines = ["c0ffee"] }, spec: s_spec with { MachineField = null }));
    }

    [Fact]
    public void Refuses_debugging_unless_the_policy_is_dangerous()
    {
        Assert.Equal([AttestationCodes.Debug], Check(s_policy, debug: "debug bit"));
        Assert.Empty(Check(s_policy with { DangerousAllowDebug = true }, debug: "debug bit"));
    }

    [Fact]
    public void Compares_the_bound_value_in_each_form()
    {
        Assert.Equal([AttestationCodes.Binding], Check(s_policy, s_context with { ExpectedUserData = SHA512.HashData("other"u8) }));
        Assert.Equal([AttestationCodes.Binding], Check(s_policy, s_context with { ExpectedUserData = s_value.AsMemory(0, 32) }));
        Assert.Empty(Check(s_policy with { Binding = BindingForm.Sha512 }, s_context with { ExpectedUserData = "keys"u8.ToArray() }));
        Assert.Equal([AttestationCodes.Binding], Check(s_policy with { Binding = BindingForm.Sha256 }, s_context with { ExpectedUserData = "keys"u8.ToArray() }));
        var padded = s_fields.Replace(s_fields[^1], s_fields[^1] with { Value = Convert.ToHexStringLower([.. SHA256.HashData("keys"u8), .. new byte[32]]) });
        var checks = new CheckList();
        FieldAppraisal.Check(padded, s_spec, null, s_policy with { Binding = BindingForm.Sha256 }, s_context with { ExpectedUserData = "keys"u8.ToArray() }, checks);
        Assert.DoesNotContain(checks.ToImmutable(), check => check.Rejects);
    }

    [Fact]
    public void A_live_appraisal_without_a_bound_value_or_nonce_is_not_fresh()
    {
        var live = s_context with { ExpectedUserData = null };
        Assert.Equal([AttestationCodes.Binding], Check(s_policy, live));
        Assert.Empty(Check(s_policy, live with { AtDocumentTime = true }));
        Assert.Equal([AttestationCodes.Nonce], Check(s_policy, live, s_spec with { NonceField = "data" }));
        Assert.Empty(Check(s_policy, live with { Nonce = s_value }, s_spec with { NonceField = "data" }));
        Assert.Equal([AttestationCodes.Nonce], Check(s_policy, live with { Nonce = s_value }, s_spec with { NonceField = "measurement" }));
        Assert.Equal([AttestationCodes.Nonce], Check(s_policy, live with { Nonce = s_value.AsMemory(0, 8) }, s_spec with { NonceField = "data" }));
    }

    [Fact]
    public void An_empty_value_binds_nothing()
    {
        Assert.Equal([AttestationCodes.Binding], Check(s_policy, s_context with { ExpectedUserData = ReadOnlyMemory<byte>.Empty }));
        Assert.Equal([AttestationCodes.Binding], Check(s_policy with { Binding = BindingForm.ZeroPadded }, s_context with { ExpectedUserData = ReadOnlyMemory<byte>.Empty }));
    }

    [Fact]
    public void A_remark_that_nothing_vouches_for_cannot_be_pinned()
    {
        var policy = Policy(("measurement", s_code), ("text", "word"));
        var checks = new CheckList();
        FieldAppraisal.CheckValues(s_fields.Replace(s_fields[5], s_fields[5] with { IsRemark = true }), policy, checks);
        Assert.Equal([AttestationCodes.FieldMissing], checks.ToImmutable().Where(check => check.Rejects).Select(check => check.Code));
    }

    [Fact]
    public void Bounds_the_endorsements_and_the_platform()
    {
        var many = Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[] { 1 }, Endorsements.MaxCount + 1).ToImmutableArray();
        var crowded = s_context with { Endorsements = new Endorsements { TcbInfos = many } };
        Assert.Equal([AttestationCodes.TooManyEndorsements], Check(s_policy, crowded));
        Assert.Empty(FieldAppraisal.Begin(AttestationPlatform.Snp, s_policy, crowded, new CheckList()).Endorsements.TcbInfos);
        var most = s_context with { Endorsements = new Endorsements { TcbInfos = many[1..] } };
        Assert.Same(most, FieldAppraisal.Begin(AttestationPlatform.Snp, s_policy, most, new CheckList()));
        Assert.Equal([AttestationCodes.PlatformMismatch], Check(s_policy with { Platform = AttestationPlatform.Tdx }));
    }
}
