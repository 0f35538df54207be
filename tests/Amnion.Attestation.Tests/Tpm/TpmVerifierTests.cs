using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>Every reason to refuse a quote, each with its exact code.</summary>
public sealed class TpmVerifierTests
{
    static readonly int[] s_all = [.. Enumerable.Range(0, 24)];

    readonly TestTpm _tpm = new();

    static string[] Rejected(TpmEvidence evidence, TpmVerification verification) => [.. TpmVerifier.Verify(evidence, verification).Where(check => check.Rejects).Select(check => check.Code)];

    [Fact]
    public void Accepts_a_quote_by_a_pinned_key_of_every_scheme()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var tpm in new[] { _tpm, TestTpm.Rsa(), TestTpm.Rsa(TestTpm.RsaPss), new TestTpm { Key = p384, Hash = TestTpm.Sha384, Selections = [(TestTpm.Sha384, s_all)] } })
        {
            Assert.Empty(Rejected(tpm.Evidence, tpm.Verification with { Registers = [.. s_all] }));
        }
    }

    [Fact]
    public void Accepts_integers_of_ecdsa_without_their_leading_zeros()
    {
        // One signature of 128 has an r or s of 31 bytes; a fixed key makes the search end.
        for (var i = 0; i < 5000; i++)
        {
            var message = _tpm.Message;
            var signature = TpmSignature.Parse(_tpm.Sign(message));
            if (signature.Value.Length < 32)
            {
                Assert.Empty(Rejected(_tpm.Evidence with { Quotes = [new TpmSignedQuote { Quote = TpmQuote.Parse(message), Signature = signature, Values = _tpm.Values }] }, _tpm.Verification));
                return;
            }
        }

        Assert.Fail("no short integer in 5000 signatures");
    }

    [Fact]
    public void Never_trusts_a_key_because_the_evidence_contains_it()
    {
        Assert.Equal([TpmCodes.Provenance], Rejected(_tpm.Evidence, _tpm.Verification with { Anchors = [] }));
        Assert.Equal([TpmCodes.Provenance], Rejected(_tpm.Evidence, _tpm.Verification with { Anchors = [TestTpm.Rsa().KeyDigest] }));
        Assert.Empty(Rejected(_tpm.Evidence, _tpm.Verification with { Anchors = [], MaySkip = [TpmCodes.Provenance] }));
    }

    [Fact]
    public void Accepts_a_key_whose_certificate_leads_to_the_anchor()
    {
        var (root, leaf) = Chain();
        var evidence = _tpm.Evidence with { Certificates = [leaf, root.Der] };
        Assert.Empty(Rejected(evidence, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] }));
        Assert.Empty(Rejected(_tpm.Evidence with { Certificates = [leaf] }, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest], Certificates = [root.Der] }));
        Assert.Equal([PathCodes.TrustAnchor], Rejected(evidence, _tpm.Verification with { Anchors = [TestTpm.Rsa().KeyDigest] }));
        Assert.Equal([TpmCodes.Provenance], Rejected(_tpm.Evidence with { Certificates = [leaf] }, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] }));
    }

    [Fact]
    public void Refuses_a_certificate_that_expired_or_is_revoked_or_is_for_another_purpose()
    {
        var (root, leaf) = Chain();
        var evidence = _tpm.Evidence with { Certificates = [leaf, root.Der] };
        var verification = _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] };
        Assert.Equal([PathCodes.Expired, PathCodes.Expired], [.. Rejected(evidence, verification with { At = TestAuthority.Now.AddYears(2) }), PathCodes.Expired]);
        Assert.Equal([PathCodes.Revoked], Rejected(evidence, verification with { Revoked = [CertificateId.FromCertificate(leaf)] }));
        var (other, server) = Chain("1.3.6.1.5.5.7.3.1");
        Assert.Equal([TpmCodes.KeyPurpose], Rejected(_tpm.Evidence with { Certificates = [server, other.Der] }, verification with { Anchors = [other.Anchor.KeyDigest] }));
    }

    [Fact]
    public void Refuses_a_certificate_of_another_key()
    {
        var (root, _) = Chain();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = root.Issue(other, "AK", Leaf("2.23.133.8.3"));
        Assert.Equal([TpmCodes.Provenance], Rejected(_tpm.Evidence with { Certificates = [leaf.Der, root.Der] }, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] }));
        var keyless = _tpm.Evidence with { Certificates = [leaf.Der, root.Der], AttestationKey = null, AttestationKeyInfo = null };
        Assert.Equal([TpmCodes.Signature], Rejected(keyless, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] }));
    }

    [Fact]
    public void Refuses_a_certificate_that_names_no_purpose()
    {
        var (root, leaf) = Chain(null);
        Assert.Equal([TpmCodes.KeyPurpose], Rejected(_tpm.Evidence with { Certificates = [leaf, root.Der] }, _tpm.Verification with { Anchors = [root.Anchor.KeyDigest] }));
    }

    [Fact]
    public void Refuses_the_public_area_of_another_key()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stranger = new TestTpm { Key = other };
        Assert.Equal([TpmCodes.KeyAttributes], Rejected(_tpm.Evidence with { AttestationKey = TpmPublic.Parse(stranger.PublicArea) }, _tpm.Verification));
        var json = System.Text.Encoding.UTF8.GetString(_tpm.Json());
        var mixed = json.Replace("\"ak_public\":\"" + Convert.ToBase64String(_tpm.PublicArea), "\"ak_key\":\"" + Convert.ToBase64String(_tpm.KeyInfo) + "\",\"ak_public\":\"" + Convert.ToBase64String(stranger.PublicArea), StringComparison.Ordinal);
        Assert.NotEqual(json, mixed);
        Assert.Equal([TpmCodes.KeyAttributes], Rejected(TpmEvidence.Parse(System.Text.Encoding.UTF8.GetBytes(mixed)), _tpm.Verification));
        var same = json.Replace("\"ak_public\":", "\"ak_key\":\"" + Convert.ToBase64String(_tpm.KeyInfo) + "\",\"ak_public\":", StringComparison.Ordinal);
        Assert.Empty(Rejected(TpmEvidence.Parse(System.Text.Encoding.UTF8.GetBytes(same)), _tpm.Verification));
    }

    [Fact]
    public void Remembers_certificates_with_a_cache()
    {
        var (root, leaf) = Chain();
        var verification = _tpm.Verification with { Anchors = [root.Anchor.KeyDigest], Cache = new AppraisalCache() };
        Assert.Empty(Rejected(_tpm.Evidence with { Certificates = [leaf, root.Der] }, verification));
        Assert.InRange(verification.Cache!.Count, 2, 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(18)]
    public void Refuses_a_key_without_an_attribute_of_attestation_keys(int bit)
    {
        var tpm = new TestTpm { Attributes = TestTpm.AttestationAttributes & ~(1u << bit) };
        Assert.Equal([TpmCodes.KeyAttributes], Rejected(tpm.Evidence, tpm.Verification));
    }

    [Fact]
    public void Refuses_a_key_that_decrypts()
    {
        var tpm = new TestTpm { Attributes = TestTpm.AttestationAttributes | (1 << 17) };
        Assert.Equal([TpmCodes.KeyAttributes], Rejected(tpm.Evidence, tpm.Verification));
    }

    [Fact]
    public void Refuses_a_short_rsa_key()
    {
        using var key = RSA.Create(1024);
        var tpm = new TestTpm { Key = key, Scheme = TestTpm.RsaSsa };
        Assert.Equal([TpmCodes.KeyType], Rejected(tpm.Evidence, tpm.Verification));
    }

    [Fact]
    public void Refuses_sha1_in_signatures_and_banks_unless_told_by_its_dangerous_name()
    {
        using var key = RSA.Create(2048);
        var signed = new TestTpm { Key = key, Scheme = TestTpm.RsaSsa, Hash = TestTpm.Sha1 };
        Assert.Equal([TpmCodes.SignatureAlgorithm], Rejected(signed.Evidence, signed.Verification));
        Assert.Empty(Rejected(signed.Evidence, signed.Verification with { DangerousAllowSha1 = true }));
        var banked = new TestTpm { Selections = [(TestTpm.Sha1, s_all)] };
        Assert.Equal([TpmCodes.Bank], Rejected(banked.Evidence, banked.Verification));
        Assert.Empty(Rejected(banked.Evidence, banked.Verification with { DangerousAllowSha1 = true }));
    }

    [Fact]
    public void Refuses_a_signature_of_another_key_or_over_another_message()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new TestTpm { Key = other };
        Assert.Equal([TpmCodes.Signature], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote with { Signature = TpmSignature.Parse(forged.Sign(_tpm.Message)) }] }, _tpm.Verification));
        var older = new TestTpm { ResetCount = 6 };
        Assert.Equal([TpmCodes.Signature], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote with { Quote = TpmQuote.Parse(older.Message) }] }, _tpm.Verification));
    }

    [Fact]
    public void Refuses_a_scheme_that_the_public_area_does_not_name()
    {
        var pss = TestTpm.Rsa(TestTpm.RsaPss);
        var evidence = pss.Evidence with { AttestationKey = TpmPublic.Parse(TestTpm.Rsa().PublicArea) };
        Assert.Equal([TpmCodes.SignatureAlgorithm, TpmCodes.Signature], Rejected(evidence, pss.Verification));
        Assert.Equal([TpmCodes.SignatureAlgorithm, TpmCodes.Signature], Rejected(_tpm.Evidence with { Quotes = [pss.Quote] }, _tpm.Verification));
    }

    [Fact]
    public void Refuses_a_quote_over_no_register()
    {
        var empty = new TestTpm { Selections = [(TestTpm.Sha256, [])] };
        Assert.Equal([TpmCodes.Bank, TpmCodes.Selection], Rejected(empty.Evidence with { Quotes = [empty.Quote with { Values = [] }] }, empty.Verification));
        var none = new TestTpm { Selections = [] };
        Assert.Equal([TpmCodes.Bank, TpmCodes.Selection], Rejected(none.Evidence, none.Verification));
    }

    [Fact]
    public void Refuses_values_of_registers_that_were_not_quoted()
    {
        var some = new TestTpm { Selections = [(TestTpm.Sha256, [0, 7])] };
        var evidence = some.Evidence with { Quotes = [some.Quote with { Values = _tpm.Values }] };
        Assert.Equal([TpmCodes.UnquotedValues], Rejected(evidence, some.Verification with { Registers = [0, 7] }));
    }

    [Fact]
    public void Refuses_a_selection_that_is_not_the_required_one()
    {
        var some = new TestTpm { Selections = [(TestTpm.Sha256, [0, 1, 7])] };
        Assert.Empty(Rejected(some.Evidence, some.Verification with { Registers = [0, 1, 7] }));
        Assert.Equal([TpmCodes.Selection], Rejected(some.Evidence, some.Verification with { Registers = [0, 1, 4, 7] }));
        Assert.Equal([TpmCodes.Selection], Rejected(some.Evidence, some.Verification with { Registers = [0, 7] }));
        Assert.Empty(Rejected(some.Evidence, some.Verification with { Registers = [0, 7], AllowFurtherRegisters = true }));
        Assert.Equal([TpmCodes.Selection], Rejected(some.Evidence, some.Verification with { Registers = [4], AllowFurtherRegisters = true }));
    }

    [Fact]
    public void Refuses_values_that_are_not_the_quoted_ones_or_are_missing()
    {
        var values = _tpm.Values[0];
        var changed = values with { Values = values.Values.SetItem(7, new byte[32]) };
        Assert.Equal([TpmCodes.PcrDigest], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote with { Values = [changed] }] }, _tpm.Verification));
        var cut = values with { Values = values.Values.Remove(7) };
        Assert.Equal([TpmCodes.UnquotedValues, TpmCodes.PcrDigest], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote with { Values = [cut] }] }, _tpm.Verification));
    }

    [Fact]
    public void The_order_of_banks_and_registers_is_part_of_the_digest()
    {
        var two = new TestTpm { Selections = [(TestTpm.Sha384, [3]), (TestTpm.Sha256, [0, 1])] };
        Assert.Empty(Rejected(two.Evidence, two.Verification with { Registers = [0, 1] }));
        var swapped = new TestTpm { Selections = [(TestTpm.Sha256, [0, 1]), (TestTpm.Sha384, [3])] };
        var message = swapped.Attest(two.Digest());
        var forged = new TpmSignedQuote { Quote = TpmQuote.Parse(message), Signature = TpmSignature.Parse(two.Sign(message)), Values = swapped.Values };
        Assert.Equal([TpmCodes.PcrDigest], Rejected(two.Evidence with { Quotes = [forged] }, two.Verification));
    }

    [Fact]
    public void Refuses_another_nonce_and_a_padded_one()
    {
        Assert.Equal([TpmCodes.Nonce], Rejected(_tpm.Evidence, _tpm.Verification with { Nonce = new byte[32] }));
        var padded = new TestTpm { ExtraData = [.. TestTpm.Nonce[..16], .. new byte[16]] };
        Assert.Equal([TpmCodes.Nonce], Rejected(padded.Evidence, padded.Verification with { Nonce = TestTpm.Nonce.AsMemory(0, 16) }));
        Assert.Empty(Rejected(padded.Evidence, padded.Verification with { Nonce = padded.ExtraData }));
        Assert.Equal([TpmCodes.Nonce], Rejected(_tpm.Evidence, _tpm.Verification with { Nonce = default(ReadOnlyMemory<byte>) }));
    }

    [Fact]
    public void Refuses_quotes_of_different_boots_and_a_bank_quoted_twice()
    {
        var sha384 = new TestTpm { Selections = [(TestTpm.Sha384, s_all)] };
        Assert.Empty(Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote, sha384.Quote] }, _tpm.Verification));
        var earlier = new TestTpm { Selections = [(TestTpm.Sha384, s_all)], ResetCount = 6 };
        Assert.Equal([TpmCodes.QuotesDiffer], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote, earlier.Quote] }, _tpm.Verification));
        Assert.Equal([TpmCodes.QuotesDiffer], Rejected(_tpm.Evidence with { Quotes = [_tpm.Quote, _tpm.Quote] }, _tpm.Verification));
    }

    [Fact]
    public void Reads_the_preferred_bank_whatever_the_order()
    {
        var sha1 = new TestTpm { Selections = [(TestTpm.Sha1, s_all)] };
        var evidence = _tpm.Evidence with { Quotes = [sha1.Quote, _tpm.Quote] };
        Assert.Empty(Rejected(evidence, _tpm.Verification with { Registers = [.. s_all] }));
        Assert.Equal(TestTpm.Sha256, TpmVerifier.Select(evidence)!.Value.Values.Algorithm);
        Assert.Null(TpmVerifier.Select(sha1.Evidence));
    }

    [Fact]
    public void Lists_every_failing_check()
    {
        var sha1 = new TestTpm { Selections = [(TestTpm.Sha1, [0])] };
        var rejected = Rejected(sha1.Evidence with { Quotes = [sha1.Quote with { Values = [] }] }, sha1.Verification with { Nonce = new byte[8], Anchors = [], Registers = [4] });
        Assert.Equal([TpmCodes.Provenance, TpmCodes.UnquotedValues, TpmCodes.PcrDigest, TpmCodes.Bank, TpmCodes.Selection, TpmCodes.Nonce], rejected);
    }

    (TestAuthority Root, byte[] Leaf) Chain(string? purpose = "2.23.133.8.3")
    {
        var root = TestAuthority.Root(ECDsa.Create(ECCurve.NamedCurves.nistP384), "TPM CA");
        return (root, root.Issue(_tpm.Key, "AK", Leaf(purpose)).Der);
    }

    static Action<TestCertificate> Leaf(string? purpose) => certificate =>
    {
        TestAuthority.Leaf(certificate);
        if (purpose is not null)
        {
            certificate.Extra.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: true));
        }
    };
}
