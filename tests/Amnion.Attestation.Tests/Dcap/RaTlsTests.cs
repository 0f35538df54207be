using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Dcap.RaTls;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>Certificates of the three dialects, made around quotes of the test PKI.</summary>
public sealed class RaTlsTests
{
    static readonly ECDsa s_key = DcapTestPki.Key();
    static readonly byte[] s_nonce = SHA256.HashData("nonce"u8);

    static byte[] Spki => s_key.ExportSubjectPublicKeyInfo();

    static byte[] Certificate(string oid, byte[] value, ECDsa? signer = null)
    {
        var request = new CertificateRequest("CN=ra-tls", s_key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(oid, value, critical: false));
        var name = new X500DistinguishedName("CN=ra-tls");
        using var made = request.Create(name, X509SignatureGenerator.CreateForECDsa(signer ?? s_key), DcapTestPki.Now.AddDays(-1), DcapTestPki.Now.AddDays(1), [1]);
        return made.Export(X509ContentType.Cert);
    }

    static byte[] Claims(byte[] spki, byte[]? nonce = null)
    {
        var entry = new CborOutput().Array(2).Unsigned(1).Bytes(SHA256.HashData(spki)).ToArray();
        var output = new CborOutput().Map(nonce is null ? 1 : 2).Text("pubkey-hash").Bytes(entry);
        return (nonce is null ? output : output.Text("nonce").Bytes(nonce)).ToArray();
    }

    static byte[] Dice(byte[] quote, byte[] claims) => [0xd9, 0xea, 0x60, .. new CborOutput().Array(2).Bytes(quote).Bytes(claims).ToArray()];

    static byte[] OpenEnclave(byte[] quote, uint type = 2) => [1, 0, 0, 0, .. BitConverter.GetBytes(type), .. BitConverter.GetBytes((long)quote.Length), .. quote];

    static byte[] PemHash => SHA256.HashData(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", Spki) + "\n\0"));

    static AttestationResult Appraise(byte[] certificate, DcapTestPki pki, byte[]? nonce = null) => RaTlsAppraiser.Appraise(
        certificate,
        new AppraisalPolicy
        {
            Platform = AttestationPlatform.Sgx,
            TrustAnchor = pki.Anchor.KeyDigest,
            Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("report.mrenclave", [string.Concat(Enumerable.Repeat("42", 32))]),
        },
        new AppraisalContext { Now = DcapTestPki.Now, Nonce = nonce, Endorsements = pki.EndorsementsFor(false) });

    static string[] Failures(AttestationResult result) => [.. result.Failures.Select(failure => failure.Code)];

    [Fact]
    public void Accepts_tagged_evidence_whose_claims_name_the_key()
    {
        var pki = new DcapTestPki();
        var claims = Claims(Spki, s_nonce);
        var result = Appraise(Certificate("2.23.133.5.4.9", Dice(pki.SgxQuote(SHA256.HashData(claims)), claims)), pki, s_nonce);
        Assert.Empty(Failures(result));
        Assert.True(result.Accepted);
        Assert.Equal(Spki, result.Claims!.PublicKey!.Value.ToArray());
    }

    [Fact]
    public void A_certificate_does_not_take_a_bare_quotes_place()
    {
        var pki = new DcapTestPki();
        var certificate = Certificate("1.2.840.113741.1337.6", pki.SgxQuote(SHA256.HashData(Spki)));
        var policy = new AppraisalPolicy
        {
            Platform = AttestationPlatform.Sgx,
            TrustAnchor = pki.Anchor.KeyDigest,
            Values = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("report.mrenclave", [string.Concat(Enumerable.Repeat("42", 32))]),
        };
        var context = new AppraisalContext { Now = DcapTestPki.Now, Endorsements = pki.EndorsementsFor(false) };
        Assert.Equal(AttestationVerdict.Malformed, EvidenceAppraiser.Appraise(AttestationPlatform.Sgx, certificate, policy, context).Verdict);
        Assert.Equal(AttestationVerdict.Malformed, EvidenceAppraiser.Appraise(AttestationPlatform.Sgx, certificate, policy, context with { ExpectedUserData = s_nonce }).Verdict);
        Assert.True(EvidenceAppraiser.Appraise(AttestationPlatform.Sgx, certificate, policy, context with { AtDocumentTime = true }).Accepted);
        foreach (var other in new[] { context with { ExpectedUserData = s_nonce }, context with { EventLog = s_nonce } })
        {
            Assert.Equal([AttestationCodes.Binding], Failures(RaTlsAppraiser.Appraise(certificate, policy, other)));
            Assert.Equal([AttestationCodes.Binding], Failures(EvidenceAppraiser.Appraise(AttestationPlatform.Sgx, certificate, policy, other with { AtDocumentTime = true })));
        }
    }

    [Fact]
    public void Accepts_a_trust_domain_in_tagged_evidence()
    {
        var pki = new DcapTestPki();
        var claims = Claims(Spki);
        var certificate = Certificate("2.23.133.5.4.9", Dice(pki.TdxQuote(reportData: SHA256.HashData(claims)), claims));
        Assert.Equal(RaTlsDialect.Dice, RaTlsCertificate.Parse(certificate).Dialect);
        var policy = new AppraisalPolicy
        {
            Platform = AttestationPlatform.Tdx,
            TrustAnchor = pki.Anchor.KeyDigest,
            Values = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.WithComparers(StringComparer.Ordinal)
                .Add("td.mrtd", [string.Concat(Enumerable.Repeat("11", 48))]).Add("td.rtmr1", [string.Concat(Enumerable.Repeat("a1", 48))]).Add("td.rtmr2", [string.Concat(Enumerable.Repeat("a2", 48))]),
        };
        var result = RaTlsAppraiser.Appraise(certificate, policy, new AppraisalContext { Now = DcapTestPki.Now, Endorsements = pki.EndorsementsFor(true) });
        Assert.Empty(Failures(result));
        Assert.Equal(Spki, result.Claims!.PublicKey!.Value.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accepts_a_bare_quote_that_names_the_key_or_its_point(bool point)
    {
        var pki = new DcapTestPki();
        var quote = pki.SgxQuote(SHA256.HashData(point ? Spki.AsSpan(^65..) : Spki));
        Assert.True(Appraise(Certificate("1.2.840.113741.1337.6", quote), pki).Accepted);
    }

    [Fact]
    public void Accepts_an_open_enclave_report_that_names_the_keys_pem()
    {
        var pki = new DcapTestPki();
        Assert.True(Appraise(Certificate("1.2.840.113556.10.1.1", OpenEnclave(pki.SgxQuote(PemHash))), pki).Accepted);
        Assert.Equal([DcapCodes.RaTlsBinding, AttestationCodes.Binding], Failures(Appraise(Certificate("1.2.840.113556.10.1.1", OpenEnclave(pki.SgxQuote(SHA256.HashData(Spki)))), pki)));
    }

    [Fact]
    public void Rejects_a_genuine_quote_moved_into_a_certificate_of_another_key()
    {
        var pki = new DcapTestPki();
        var others = DcapTestPki.Key().ExportSubjectPublicKeyInfo();
        var claims = Claims(others);
        Assert.Equal([DcapCodes.RaTlsBinding], Failures(Appraise(Certificate("2.23.133.5.4.9", Dice(pki.SgxQuote(SHA256.HashData(claims)), claims)), pki)));
        Assert.Equal([DcapCodes.RaTlsBinding, AttestationCodes.Binding], Failures(Appraise(Certificate("1.2.840.113741.1337.6", pki.SgxQuote(SHA256.HashData(others))), pki)));
    }

    [Fact]
    public void Rejects_claims_that_the_quote_does_not_name()
    {
        var pki = new DcapTestPki();
        var quote = pki.SgxQuote(SHA256.HashData(Claims(Spki, s_nonce)));
        Assert.Equal([DcapCodes.RaTlsClaims, AttestationCodes.Binding], Failures(Appraise(Certificate("2.23.133.5.4.9", Dice(quote, Claims(Spki))), pki)));
    }

    [Fact]
    public void Rejects_a_hash_with_anything_but_zeros_after_it()
    {
        var pki = new DcapTestPki();
        Assert.Equal([DcapCodes.RaTlsBinding, AttestationCodes.Binding], Failures(Appraise(Certificate("1.2.840.113741.1337.6", pki.SgxQuote([.. SHA256.HashData(Spki), 1])), pki)));
    }

    [Fact]
    public void Rejects_a_certificate_that_its_key_did_not_sign()
    {
        var pki = new DcapTestPki();
        Assert.Equal([DcapCodes.RaTlsSignature], Failures(Appraise(Certificate("1.2.840.113741.1337.6", pki.SgxQuote(SHA256.HashData(Spki)), DcapTestPki.Key()), pki)));
    }

    [Fact]
    public void Takes_the_null_parameters_that_mbed_tls_writes()
    {
        var pki = new DcapTestPki();
        var made = Certificate("1.2.840.113741.1337.6", pki.SgxQuote(SHA256.HashData(Spki)));
        byte[] algorithm = [0x30, 0x0c, .. Convert.FromHexString(DerParts.EcdsaSha256).AsSpan(2), 0x05, 0x00];
        var resigned = DerParts.Resign(made, s_key, items => items[2] = algorithm);
        var tbs = DerParts.Split(resigned).Tbs;
        Assert.True(Appraise(DerParts.Join(tbs, algorithm, s_key.SignData(tbs, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)), pki).Accepted);
    }

    [Fact]
    public void Rejects_another_nonce_and_none()
    {
        var pki = new DcapTestPki();
        foreach (var claims in new[] { Claims(Spki, SHA256.HashData("other"u8)), Claims(Spki) })
        {
            Assert.Equal([DcapCodes.RaTlsNonce], Failures(Appraise(Certificate("2.23.133.5.4.9", Dice(pki.SgxQuote(SHA256.HashData(claims)), claims)), pki, s_nonce)));
        }

        byte[] brief = [1, 2, 3];
        var named = Claims(Spki, brief);
        Assert.Equal([DcapCodes.RaTlsNonce], Failures(Appraise(Certificate("2.23.133.5.4.9", Dice(pki.SgxQuote(SHA256.HashData(named)), named)), pki, brief)));
    }

    [Theory]
    [InlineData("2.23.133.5.4.9", "d9ea61824101a0")]
    [InlineData("2.23.133.5.4.9", "824101a0")]
    [InlineData("2.23.133.5.4.9", "d9ea60814101")]
    [InlineData("2.23.133.5.4.9", "d9ea60824101a000")]
    [InlineData("2.23.133.5.4.9", "d9ea6082410149a2616140616140aa")]
    [InlineData("1.2.840.113556.10.1.1", "01000000")]
    [InlineData("1.2.840.113556.10.1.1", "02000000020000000000000000000000")]
    [InlineData("1.2.840.113556.10.1.1", "01000000010000000000000000000000")]
    [InlineData("1.2.840.113556.10.1.1", "01000000020000000100000000000000")]
    [InlineData("1.2.3", "00")]
    public void What_is_no_dialect_is_malformed(string oid, string hex) =>
        Assert.Equal(DcapCodes.RaTlsMalformed, Assert.Throws<DcapFormatException>(() => RaTlsCertificate.Parse(Certificate(oid, Convert.FromHexString(hex)))).Code);
}
