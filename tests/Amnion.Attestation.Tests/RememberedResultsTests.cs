using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Tests.Dcap;
using Amnion.Attestation.Tests.EventLogs;
using Amnion.Attestation.Tests.Tpm;

namespace Amnion.Attestation.Tests;

/// <summary>Whatever is remembered, results are those of an appraisal that remembers nothing: entry by entry, text by text.</summary>
public sealed class RememberedResultsTests
{
    static readonly DcapTestPki s_pki = new();
    static readonly byte[] s_bound = [.. Enumerable.Repeat((byte)7, 64)];

    /// <summary>Bytes between two that are altered: with all of them the test would take minutes.</summary>
    const int Step = 7;

    static AppraisalPolicy Tdx => new()
    {
        Platform = AttestationPlatform.Tdx,
        TrustAnchor = s_pki.Anchor.KeyDigest,
        Values = AppraisalPolicy.NoValues
            .Add("td.mrtd", [string.Concat(Enumerable.Repeat("11", 48))]).Add("td.rtmr1", [string.Concat(Enumerable.Repeat("a1", 48))]).Add("td.rtmr2", [string.Concat(Enumerable.Repeat("a2", 48))]),
    };

    static AppraisalContext Intel(AppraisalCache? cache) => new() { Now = DcapTestPki.Now, ExpectedUserData = s_bound, Endorsements = s_pki.EndorsementsFor(true), Cache = cache };

    [Fact]
    public void An_altered_tdx_quote_is_never_answered_from_the_cache() => Compare(s_pki.TdxQuote(reportData: s_bound), Tdx, Intel);

    [Fact]
    public void Altered_collateral_is_never_answered_from_the_cache()
    {
        var cache = new AppraisalCache();
        var quote = s_pki.TdxQuote(reportData: s_bound);
        Assert.True(Appraise(quote, Tdx, Intel(cache)).Accepted);
        var given = s_pki.EndorsementsFor(true);
        foreach (var (items, with) in new (ImmutableArray<ReadOnlyMemory<byte>>, Func<ImmutableArray<ReadOnlyMemory<byte>>, Endorsements>)[]
        {
            (given.Certificates, items => given with { Certificates = items }),
            (given.RevocationLists, items => given with { RevocationLists = items }),
            (given.TcbInfos, items => given with { TcbInfos = items }),
            (given.EnclaveIdentities, items => given with { EnclaveIdentities = items }),
        })
        {
            for (var i = 0; i < items.Length; i++)
            {
                for (var at = 0; at < items[i].Length; at += 5 * Step)
                {
                    byte[] altered = [.. items[i].Span];
                    altered[at] ^= 1;
                    var endorsements = with(items.SetItem(i, altered));
                    Same(Appraise(quote, Tdx, Intel(null) with { Endorsements = endorsements }), Appraise(quote, Tdx, Intel(cache) with { Endorsements = endorsements }));
                }
            }
        }

        Assert.True(Appraise(quote, Tdx, Intel(cache)).Accepted);
    }

    [Fact]
    public void Time_policy_and_revocation_are_looked_at_again_every_time()
    {
        var cache = new AppraisalCache();
        var quote = s_pki.TdxQuote(reportData: s_bound);
        var pck = CertificateId.FromCertificate(s_pki.Chain[2]);
        (AppraisalPolicy Policy, Func<AppraisalContext, AppraisalContext> Change)[] cases =
        [
            (Tdx, context => context),
            (Tdx, context => context with { Now = DcapTestPki.Now.AddYears(60) }),
            (Tdx, context => context with { Now = DcapTestPki.Now.AddYears(-60) }),
            (Tdx, context => context with { Now = DcapTestPki.Now.AddDays(30) }),
            (Tdx, context => context with { Revoked = [pck] }),
            (Tdx, context => context with { Endorsements = new Endorsements() }),
            (Tdx with { TrustAnchor = new Measurement(new byte[32]) }, context => context),
            (Tdx with { TrustAnchor = new Measurement(new byte[32]), FurtherTrustAnchors = [Tdx.TrustAnchor] }, context => context),
            (Tdx with { Values = Tdx.Values.SetItem("td.mrtd", ["00", "11"]) }, context => context),
            (Tdx with { Floors = Tdx.Floors.Add("tcb_evaluation_data_number", 21) }, context => context),
            (Tdx with { Machines = ["00", "11"], TcbStatuses = ["OutOfDate", "Revoked"], Advisories = ["INTEL-SA-00001"] }, context => context),
        ];
        for (var i = 0; i < 2; i++)
        {
            foreach (var (policy, change) in cases)
            {
                Same(Appraise(quote, policy, change(Intel(null))), Appraise(quote, policy, change(Intel(cache))));
                Assert.True(Appraise(quote, Tdx, Intel(cache)).Accepted);
            }
        }
    }

    [Fact]
    public void A_copy_of_a_policy_has_words_of_its_own()
    {
        var words = Tdx.Words;
        Assert.Same(words, words.Policy.Words);
        var copy = words.Policy with { Values = AppraisalPolicy.NoValues.Add("td.mrtd", ["22", "33"]) };
        Assert.Equal("22 or 33", Assert.Single(copy.Words.Values).Expected);
        Assert.Equal("td.mrtd", copy.Words.Names);
        Assert.Equal("td.mrtd, td.rtmr1, td.rtmr2", words.Policy.Words.Names);
        Assert.Equal(words.Policy, Tdx);
    }

    [Fact]
    public void An_altered_tpm_container_is_never_answered_from_the_cache()
    {
        var tpm = new TestTpm();
        var log = new TestLog(TestLog.Sha256).Add(4, TestLog.EfiAction, "Calling EFI Application from Boot Option").Bytes;
        AppraisalContext Context(AppraisalCache? cache) => new() { Now = TestAuthority.Now, Nonce = TestTpm.Nonce, Cache = cache };
        Assert.True(Appraise(Container(tpm, null), Tpm(tpm), Context(null)).Accepted);
        foreach (var container in new[] { Container(tpm, log), Container(tpm, null), tpm.Json(log) })
        {
            Compare(container, Tpm(tpm), Context);
        }
    }

    [Fact]
    public void What_a_path_was_found_to_be_holds_for_the_same_certificates_and_profile_only()
    {
        var keys = Enumerable.Range(0, 3).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)).ToList();
        var authority = TestAuthority.Root(keys[0]);
        var (root, twin, leaf) = (authority.Certificate, TestAuthority.Root(keys[1]).Certificate, authority.Issue(keys[2], "Leaf", TestAuthority.Leaf).Certificate);
        var profile = new ChainProfile { Keys = [KeyKind.P256], Signatures = [new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256), new(SignatureScheme.Ecdsa, HashAlgorithmName.SHA384)] };
        var found = PathStructure.Of([root, leaf], profile);
        Assert.Same(found, PathStructure.Of([root, leaf], profile));
        Assert.Contains(PathStructure.Of([twin, leaf], profile).Links, check => check is { Code: PathCodes.CertificateSignature, Outcome: CheckOutcome.Fail });

        // What failed took no place.
        Assert.Same(found, PathStructure.Of([root, leaf], profile));
        Assert.Contains(PathStructure.Of([root, leaf], profile with { Keys = [KeyKind.P384] }).Algorithms, check => check is { Code: PathCodes.KeyType, Outcome: CheckOutcome.Fail });
        Assert.Same(found, PathStructure.Of([root, leaf], profile));
    }

    static AppraisalPolicy Tpm(TestTpm tpm) => new()
    {
        Platform = AttestationPlatform.Tpm,
        TrustAnchor = tpm.KeyDigest,
        Values = AppraisalPolicy.NoValues.Add("pcr.4", [Convert.ToHexStringLower(TestTpm.Register(TestTpm.Sha256, 4))]),
    };

    /// <summary>With one cache for all and without any, for the Evidence as it is and with single bits altered, one after the other.</summary>
    static void Compare(byte[] evidence, AppraisalPolicy policy, Func<AppraisalCache?, AppraisalContext> context)
    {
        var cache = new AppraisalCache();
        var first = Appraise(evidence, policy, context(cache));
        Same(Appraise(evidence, policy, context(null)), first);
        for (var at = 0; at < evidence.Length; at += Step)
        {
            byte[] altered = [.. evidence];
            altered[at] ^= (byte)(1 << (at % 8));
            Same(Appraise(altered, policy, context(null)), Appraise(altered, policy, context(cache)));
        }

        Same(first, Appraise(evidence, policy, context(cache)));
    }

    static AttestationResult Appraise(byte[] evidence, AppraisalPolicy policy, AppraisalContext context) => EvidenceAppraiser.Appraise(policy.Platform, evidence, policy, context);

    static void Same(AttestationResult expected, AttestationResult actual)
    {
        Assert.Equal(expected.Verdict, actual.Verdict);
        Assert.Equal(expected.Checks, actual.Checks);
        Assert.Equal(expected.Claims is null, actual.Claims is null);
        if (expected.Claims is { } claims)
        {
            Assert.Equal(claims.Fields, actual.Claims!.Fields);
            Assert.Equal(claims.Registers, actual.Claims.Registers);
            Assert.Equal(claims.AttesterId, actual.Claims.AttesterId);
            Assert.Equal(claims.TrustAnchor, actual.Claims.TrustAnchor);
        }
    }

    /// <summary>The message of go-tpm-tools: ak_pub = 1, quotes = 2 { quote = 1, raw_sig = 2, pcrs = 3 { hash = 1, pcrs = 2 } }, event_log = 3.</summary>
    static byte[] Container(TestTpm tpm, byte[]? log)
    {
        var evidence = tpm.Evidence;
        var bank = evidence.Quotes[0].Values[0];
        byte[] registers = [8, (byte)bank.Algorithm, .. bank.Values.SelectMany(pair => Field(2, [8, (byte)pair.Key, .. Field(2, pair.Value.ToArray())]))];
        byte[] quote = [.. Field(1, tpm.Message), .. Field(2, tpm.Sign(tpm.Message)), .. Field(3, registers)];
        return [.. Field(1, tpm.PublicArea), .. Field(2, quote), .. log is null ? [] : Field(3, log)];
    }

    static byte[] Field(int number, byte[] content)
    {
        var bytes = new List<byte> { (byte)((number << 3) | 2) };
        for (var length = content.Length; ; length >>= 7)
        {
            bytes.Add((byte)(length < 0x80 ? length : length | 0x80));
            if (length < 0x80)
            {
                return [.. bytes, .. content];
            }
        }
    }
}
