using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>NitroTPM documents are a type of their own: the same root signs both, and neither passes for the other.</summary>
public sealed class NitroTpmTests
{
    readonly TestChain _chain = new();

    AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.NitroTpm,
        TrustAnchor = _chain.Anchor.KeyDigest,
        Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("pcr.4", [TestChain.Register(4).ToString()]),
    };

    byte[] Document(string registers = "nitrotpm_pcrs", int count = 24, ECDsa? key = null, string? extra = null)
    {
        var content = _chain.Content;
        var output = new CborOutput().Map(extra is null ? 8 : 9)
            .Text("module_id").Text("i-0123")
            .Text("digest").Text("SHA384")
            .Text("timestamp").Integer(TestChain.Epoch.ToUnixTimeMilliseconds())
            .Text(registers).Map(count);
        for (var i = 0; i < count; i++)
        {
            output.Integer(i).Bytes(TestChain.Register(i).Bytes.Span);
        }

        output.Text("certificate").Bytes(content.Certificate.Span).Text("cabundle").Array(content.CaBundle.Length);
        foreach (var certificate in content.CaBundle)
        {
            output.Bytes(certificate.Span);
        }

        output.Text("user_data").Bytes(TestChain.Binding).Text("nonce").Bytes(TestChain.Nonce);
        if (extra is not null)
        {
            output.Text(extra).Integer(1);
        }

        return CoseSign1.Sign(output.ToArray(), key ?? _chain.Leaf.Key);
    }

    [Fact]
    public void An_audit_verifies_at_the_time_it_is_asked_for()
    {
        var audit = TestChain.Context with { AtDocumentTime = true };
        Assert.Empty(Failed(Document(), context: _ => audit));
        Assert.Contains(NitroCodes.Expired, Failed(Document(), context: _ => audit with { AuditTime = TestChain.Epoch.AddYears(5) }));
        Assert.Contains(NitroCodes.NotYetValid, Failed(Document(), context: _ => audit with { AuditTime = TestChain.Epoch.AddYears(-5) }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_ends_of_the_calendar_are_refused_and_not_thrown(bool late)
    {
        var now = late ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue;
        Assert.NotEmpty(Failed(Document(), context: context => context with { Now = now }));
        Assert.False(NitroAppraiser.Appraise(_chain.Document(), _chain.Policy, TestChain.Context with { Now = now }).Accepted);
    }

    string[] Failed(byte[] document, Func<AppraisalPolicy, AppraisalPolicy>? policy = null, Func<AppraisalContext, AppraisalContext>? context = null) =>
        [.. NitroTpmAppraiser.Appraise(document, policy?.Invoke(Policy) ?? Policy, context?.Invoke(TestChain.Context) ?? TestChain.Context).Failures.Select(check => check.Code)];

    [Fact]
    public void Accepts_a_document_that_the_policy_names()
    {
        var result = NitroTpmAppraiser.Appraise(Document(), Policy, TestChain.Context);
        Assert.True(result.Accepted, string.Join(", ", result.Failures));
        Assert.Equal("i-0123", result.Claims!.AttesterId);
        Assert.Equal(24, result.Claims.Registers.Count);
    }

    [Fact]
    public void Neither_verifier_takes_the_others_document()
    {
        Assert.Equal([NitroTpmCodes.EnclaveDocument], Failed(_chain.Document()));
        Assert.Equal([NitroCodes.NitroTpm], NitroAppraiser.Appraise(Document(), _chain.Policy, TestChain.Context).Failures.Select(check => check.Code));
        Assert.Equal([NitroTpmCodes.EnclaveDocument], Failed(Document(extra: "pcrs")));
    }

    [Fact]
    public void Names_members_that_it_does_not_know_as_an_enclaves_verifier_does()
    {
        var document = Document(extra: "later");
        Assert.Equal(["later"], NitroTpmDocument.Parse(document).UnknownFields);
        var result = NitroTpmAppraiser.Appraise(document, Policy, TestChain.Context);
        Assert.True(result.Accepted);
        Assert.Equal("later", result.Checks.Only(NitroCodes.UnknownFields).Actual);
        Assert.DoesNotContain(NitroTpmAppraiser.Appraise(Document(), Policy, TestChain.Context).Checks, check => check.Code == NitroCodes.UnknownFields);
    }

    [Fact]
    public void Takes_the_tag_and_has_the_enclaves_limits_and_words_otherwise()
    {
        var document = Document();
        Assert.True(NitroTpmDocument.TryParse([0xd2, .. document], out _));
        Assert.Equal("unprotected", Assert.Throws<NitroTpmFormatException>(() => NitroTpmDocument.Parse([.. document[..6], 0xa1, 0x18, 0x2a, 0x00, .. document[7..]])).Field);
        var longer = Assert.Throws<NitroTpmFormatException>(() => NitroTpmDocument.Parse(new byte[NitroTpmDocument.MaxLength + 1]));
        Assert.Contains("32769 bytes; at most 32768", longer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_another_signer_root_nonce_binding_or_register()
    {
        Assert.Equal([NitroCodes.Signature], Failed(Document(key: TestChain.Key())));
        Assert.Equal([NitroCodes.TrustAnchor], Failed(Document(), policy => policy with { TrustAnchor = new Measurement(new byte[32]) }));
        Assert.Equal([AttestationCodes.Nonce], Failed(Document(), context: context => context with { Nonce = new byte[32] }));
        Assert.Equal([AttestationCodes.Binding], Failed(Document(), context: context => context with { ExpectedUserData = new byte[64] }));
        Assert.Equal([AttestationCodes.FieldMismatch], Failed(Document(), policy => policy with { Values = policy.Values.SetItem("pcr.4", [TestChain.Register(5).ToString()]) }));
        Assert.Equal([AttestationCodes.FieldMissing], Failed(Document(count: 4)));
    }

    [Fact]
    public void Rejects_a_document_that_is_too_old_or_of_the_future()
    {
        Assert.Equal([NitroTpmCodes.TooOld], Failed(Document(), context: context => context with { Now = TestChain.Epoch.AddMinutes(7) }));
        Assert.Equal([NitroTpmCodes.TimestampInFuture], Failed(Document(), context: context => context with { Now = TestChain.Epoch.AddMinutes(-2) }));
    }

    [Fact]
    public void Refuses_registers_beyond_24_and_documents_that_are_cut()
    {
        Assert.Equal([NitroTpmCodes.Malformed], Failed(Document(count: 25)));
        Assert.Equal([NitroTpmCodes.Malformed], Failed(Document(registers: "tpm_pcrs")));
        var document = Document();
        for (var length = 0; length < document.Length; length += 97)
        {
            Assert.False(NitroTpmDocument.TryParse(document.AsSpan(0, length), out _));
        }

        Assert.False(NitroTpmDocument.TryParse([.. document, 0], out _));
    }
}
