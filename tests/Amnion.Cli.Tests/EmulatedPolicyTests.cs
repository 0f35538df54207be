using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Attestation.Nitro;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>Nitro documents of emulated enclaves: a policy can be drafted from one, and its endorsements are bounded like those of every format.</summary>
public sealed class EmulatedPolicyTests
{
    static readonly byte[] s_document = File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), "nitro/synthetic-baseline/doc.cbor"));
    static readonly Measurement s_root = TrustAnchor.FromCertificate(File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), "nitro/synthetic-root/syn-root.der"))).KeyDigest;

    static AppraisalContext Context { get; } = new() { Now = NitroDocument.Parse(s_document).Timestamp, AtDocumentTime = true };

    [Theory]
    [InlineData(AttestationPlatform.Qemu, true)]
    [InlineData(AttestationPlatform.Local, true)]
    [InlineData(null, false)]
    public void A_draft_names_the_emulated_platform_that_it_is_told(string? platform, bool accepted)
    {
        var draft = PolicyDraft.From(s_document, [s_root], [], Context, platform);
        Assert.Equal(accepted, draft.Result.Accepted);
        Assert.Equal(platform ?? AttestationPlatform.Nitro, draft.Policy?.Platform);
    }

    [Theory]
    [InlineData(AttestationPlatform.Snp)]
    [InlineData("elsewhere")]
    public void Another_platform_is_the_callers_mistake(string platform) =>
        Assert.Throws<ArgumentException>(() => PolicyDraft.From(s_document, [s_root], [], Context, platform));

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void More_endorsements_than_are_looked_at_are_refused(int count, bool refused)
    {
        var lists = Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[] { 0x30, 0x00 }, count).ToImmutableArray();
        var result = EvidenceAppraiser.Appraise(AttestationPlatform.Qemu, s_document, new AppraisalPolicy { Platform = AttestationPlatform.Qemu, TrustAnchor = s_root }, Context with { Endorsements = new Endorsements { RevocationLists = lists } });
        Assert.Equal(refused, result.Failures.Any(check => check.Code == AttestationCodes.TooManyEndorsements));
    }
}
