using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>Each rule of quotes, certificates and collateral is broken alone, and alone its code appears.</summary>
public sealed class DcapVerifierTests
{
    static string[] Failures(DcapTestPki pki, bool tdx = true, Func<DcapVerification, DcapVerification>? change = null, byte[]? quote = null)
    {
        quote ??= tdx ? pki.TdxQuote() : pki.SgxQuote();
        var verification = pki.VerificationFor(tdx);
        var checks = DcapVerifier.Verify(DcapQuote.Parse(quote), change?.Invoke(verification) ?? verification).Checks;
        return [.. checks.Where(check => check.Rejects).Select(check => check.Code)];
    }

    static DcapVerification With(DcapVerification verification, Func<Endorsements, Endorsements> change) => verification with { Endorsements = change(verification.Endorsements) };

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 2)]
    [InlineData(5, 3)]
    public void Verifies_a_tdx_quote(int version, int body)
    {
        var pki = new DcapTestPki();
        Assert.Empty(Failures(pki, quote: pki.TdxQuote(version, body)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Verifies_an_sgx_quote_with_tcb_info_of_either_version(int version) => Assert.Empty(Failures(new DcapTestPki { TcbInfoVersion = version }, tdx: false));

    [Fact]
    public void Every_bit_of_header_and_report_is_signed()
    {
        var pki = new DcapTestPki();
        var quote = pki.TdxQuote(5);
        var verification = pki.VerificationFor(true) with { Cache = new AppraisalCache() };
        var parses = 0;
        foreach (var bit in Enumerable.Range(0, 8 * (48 + 6 + 648)))
        {
            var changed = quote.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (DcapQuote.TryParse(changed, out var parsed))
            {
                parses++;
                Assert.Contains(DcapCodes.QuoteSignature, DcapVerifier.Verify(parsed, verification).Checks.Failed());
            }
        }

        Assert.InRange(parses, 8 * 600, 8 * 702);
    }

    [Fact]
    public void Rejects_an_attestation_key_that_the_quoting_enclave_does_not_name()
    {
        var pki = new DcapTestPki { ChangeQeReport = report => report[320] ^= 1 };
        Assert.Equal([DcapCodes.QeReportData], Failures(pki));
    }

    [Fact]
    public void Rejects_other_authentication_data_than_the_quoting_enclave_names()
    {
        var pki = new DcapTestPki();
        var quote = pki.TdxQuote();
        quote[48 + 584 + 4 + 128 + 6 + 384 + 64 + 2] ^= 1;
        Assert.Equal([DcapCodes.QeReportData], Failures(pki, quote: quote));
    }

    [Fact]
    public void Rejects_a_quoting_enclave_that_leaves_the_rest_of_its_report_data_unset()
    {
        var pki = new DcapTestPki { ChangeQeReport = report => report[383] = 1 };
        Assert.Equal([DcapCodes.QeReportDataPadding], Failures(pki));
    }

    [Fact]
    public void Rejects_a_quoting_enclaves_report_signed_by_another_key()
    {
        var pki = new DcapTestPki();
        _ = pki.Chain;
        pki.Pck.Key = DcapTestPki.Key();
        Assert.Equal([DcapCodes.QeReportSignature], Failures(pki));
    }

    [Fact]
    public void Rejects_the_root_that_is_not_the_anchor() =>
        Assert.Contains(PathCodes.TrustAnchor, Failures(new DcapTestPki(), change: verification => verification with { Anchors = [DcapRoots.IntelSgxRootCa] }));

    [Theory]
    [InlineData("Intel SGX PCK Platform CA 2")]
    [InlineData("Not Intel SGX PCK Platform CA")]
    [InlineData("Intel SGX TCB Signing")]
    public void Rejects_a_pck_ca_of_another_common_name(string name)
    {
        var pki = new DcapTestPki();
        pki.Ca.Name = name;
        pki.Pck.IssuerName = name;
        Assert.Equal([DcapCodes.CommonName], Failures(pki));
    }

    [Fact]
    public void Rejects_a_pck_certificate_of_another_common_name()
    {
        var pki = new DcapTestPki();
        pki.Pck.Name = "Intel SGX PCK Certificate 2";
        Assert.Equal([DcapCodes.CommonName], Failures(pki));
    }

    [Fact]
    public void Rejects_certificates_signed_with_another_hash()
    {
        var pki = new DcapTestPki();
        pki.Pck.Hash = HashAlgorithmName.SHA384;
        Assert.Equal([PathCodes.SignatureAlgorithm, PathCodes.CertificateSignature], Failures(pki));
    }

    [Fact]
    public void Rejects_a_pck_certificate_signed_with_sha_1()
    {
        var pki = new DcapTestPki();
        pki.Chain[2] = DerParts.Join(DerParts.Split(pki.Chain[2]).Tbs, Convert.FromHexString("300906072a8648ce3d0401"), DerParts.Split(pki.Chain[2]).Signature);
        Assert.Equal([PathCodes.SignatureAlgorithm, PathCodes.CertificateSignature], Failures(pki));
    }

    [Fact]
    public void Rejects_a_p384_pck_ca()
    {
        var pki = new DcapTestPki();
        pki.Ca.Key = TestChain.Key();
        pki.Pck.SignedBy = pki.Ca.Key;
        Assert.Contains(PathCodes.KeyType, Failures(pki));
    }

    [Fact]
    public void Rejects_an_expired_pck_certificate()
    {
        var pki = new DcapTestPki();
        pki.Pck.NotAfter = DcapTestPki.Now.AddMinutes(-1);
        Assert.Equal([PathCodes.Expired], Failures(pki));
    }

    [Fact]
    public void Rejects_a_name_constraint_in_the_pck_ca()
    {
        var pki = new DcapTestPki();
        pki.Ca.Extra.Add(new X509Extension("2.5.29.30", [0x30, 0x00], critical: true));
        Assert.Equal([PathCodes.CriticalExtension], Failures(pki));
    }

    [Fact]
    public void Rejects_a_pck_certificate_on_the_pck_cas_list()
    {
        var pki = new DcapTestPki();
        pki.RevokedPcks = [pki.Pck.Serial];
        Assert.Equal([PathCodes.RevokedByIssuer], Failures(pki));
    }

    [Fact]
    public void Rejects_a_pck_ca_and_a_signer_on_the_roots_list()
    {
        var pki = new DcapTestPki();
        pki.RevokedByRoot = [pki.Ca.Serial, pki.Signer.Serial];
        Assert.Equal([PathCodes.RevokedByIssuer, PathCodes.RevokedByIssuer], Failures(pki));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void Rejects_without_either_list(int index, int chains) =>
        Assert.Equal(Enumerable.Repeat(PathCodes.RevocationListMissing, chains), Failures(new DcapTestPki(), change: verification => With(verification, given => given with { RevocationLists = given.RevocationLists.RemoveAt(index) })));

    [Fact]
    public void Takes_missing_lists_where_the_policy_lets_the_check_go_unmade() =>
        Assert.Empty(Failures(new DcapTestPki(), change: verification => With(verification with { MaySkip = [PathCodes.RevocationListMissing] }, given => given with { RevocationLists = [] })));

    [Fact]
    public void Rejects_stale_lists() =>
        Assert.Equal([PathCodes.RevocationListUnusable, PathCodes.RevocationListUnusable], Failures(new DcapTestPki { ListWindow = (DcapTestPki.Now.AddDays(-9), DcapTestPki.Now.AddDays(-2)) }));

    [Fact]
    public void Rejects_a_quoting_enclave_without_an_identity_to_compare_it_with() =>
        Assert.Equal([DcapCodes.QeIdentityMissing], Failures(new DcapTestPki(), change: verification => With(verification, given => given with { EnclaveIdentities = [] })));

    [Fact]
    public void Rejects_another_enclave_that_the_platforms_key_signed()
    {
        // CVE-2026-22696: any enclave on a genuine platform can have a report signed; only its identity tells the quoting enclave.
        var pki = new DcapTestPki { ChangeQeReport = report => report[128] ^= 1 };
        Assert.Equal([DcapCodes.QeMrSigner], Failures(pki));
    }

    [Theory]
    [InlineData(256, DcapCodes.QeIsvProdId)]
    [InlineData(16, DcapCodes.QeMiscSelect)]
    [InlineData(48, DcapCodes.QeAttributes)]
    public void Rejects_a_quoting_enclave_that_differs_from_its_identity(int offset, string code) =>
        Assert.Equal([code], Failures(new DcapTestPki { ChangeQeReport = report => report[offset] ^= 0x80 }));

    [Fact]
    public void Ignores_attributes_of_the_quoting_enclave_outside_the_mask() => Assert.Empty(Failures(new DcapTestPki { ChangeQeReport = report => report[56] = 3 }));

    [Fact]
    public void Rejects_a_debug_quoting_enclave() => Assert.Equal([DcapCodes.QeAttributes], Failures(new DcapTestPki { ChangeQeReport = report => report[48] |= 2 }));

    [Fact]
    public void Rejects_a_quoting_enclave_older_than_every_level() => Assert.Equal([DcapCodes.QeLevel], Failures(new DcapTestPki { QeSvn = 3 }));

    [Theory]
    [InlineData("QE")]
    [InlineData("QVE")]
    public void Rejects_an_identity_of_another_enclave(string id) => Assert.Equal([DcapCodes.QeIdentityId], Failures(new DcapTestPki { QeId = id }));

    [Fact]
    public void Rejects_an_identity_of_another_version() => Assert.Equal([DcapCodes.QeIdentityVersion], Failures(new DcapTestPki { QeIdentityVersion = 3 }));

    [Fact]
    public void Rejects_tcb_info_of_another_family_of_platforms() => Assert.Equal([DcapCodes.Fmspc], Failures(new DcapTestPki { InfoFmspc = [1, 2, 3, 4, 5, 6] }));

    [Fact]
    public void Rejects_tcb_info_of_another_provisioning_certification_enclave() => Assert.Equal([DcapCodes.PceId], Failures(new DcapTestPki { InfoPceId = [1, 0] }));

    [Fact]
    public void Rejects_tcb_info_of_sgx_for_a_trust_domain()
    {
        var pki = new DcapTestPki();
        Assert.Equal([DcapCodes.TcbInfoTee], Failures(pki, change: verification => With(verification, given => given with { TcbInfos = [pki.TcbInfo(false)] })));
    }

    [Fact]
    public void Rejects_without_tcb_info() =>
        Assert.Equal([DcapCodes.TcbInfoMissing], Failures(new DcapTestPki(), change: verification => With(verification, given => given with { TcbInfos = [] })));

    [Fact]
    public void Rejects_collateral_with_one_space_more()
    {
        var pki = new DcapTestPki();
        static ReadOnlyMemory<byte> Spaced(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span).Replace("\"version\":", "\"version\": ", StringComparison.Ordinal));
        Assert.Equal(
            [DcapCodes.TcbInfoSignature, DcapCodes.QeIdentitySignature],
            Failures(pki, change: verification => With(verification, given => given with { TcbInfos = [Spaced(given.TcbInfos[0])], EnclaveIdentities = [Spaced(given.EnclaveIdentities[0])] })));
    }

    [Fact]
    public void Rejects_collateral_from_the_future() =>
        Assert.Equal([DcapCodes.TcbInfoNotYetValid, DcapCodes.QeIdentityNotYetValid], Failures(new DcapTestPki { IssueDate = DcapTestPki.Now.AddSeconds(1) }));

    [Fact]
    public void Rejects_collateral_that_intel_has_replaced() =>
        Assert.Equal([DcapCodes.TcbInfoExpired, DcapCodes.QeIdentityExpired], Failures(new DcapTestPki { NextUpdate = DcapTestPki.Now.AddSeconds(-1) }));

    [Fact]
    public void Rejects_collateral_signed_by_a_certificate_of_another_name()
    {
        var pki = new DcapTestPki();
        pki.Signer.Name = "Intel SGX TCB Signing 2";
        Assert.Equal([DcapCodes.TcbSigner, DcapCodes.TcbInfoSignature, DcapCodes.TcbSigner, DcapCodes.QeIdentitySignature], Failures(pki));
    }

    [Fact]
    public void Takes_of_two_signers_with_one_key_the_one_valid_now()
    {
        var pki = new DcapTestPki();
        var current = pki.SignerCertificate;
        pki.Signer.NotAfter = DcapTestPki.Now.AddHours(-1);
        var former = pki.Signer.Make(pki.Root);
        Assert.Empty(Failures(pki, change: verification => With(verification, given => given with { Certificates = [former, current, pki.Chain[0]] })));
        Assert.Equal([PathCodes.Expired], Failures(pki, change: verification => With(verification, given => given with { Certificates = [former, pki.Chain[0]] })));
    }

    [Fact]
    public void Takes_the_quotes_own_root_where_the_signers_was_left_out() =>
        Assert.Empty(Failures(new DcapTestPki(), change: verification => With(verification, given => given with { Certificates = [given.Certificates[0]] })));

    [Fact]
    public void Rejects_a_forged_signing_certificate_beside_the_genuine_one()
    {
        var pki = new DcapTestPki();
        var forger = new DcapTestPki();
        forger.Root.Key = DcapTestPki.Key();
        forger.Signer.Key = DcapTestPki.Key();
        var forged = forger.Signer.Make(forger.Root);
        Assert.Equal([DcapCodes.StrayCertificate], Failures(pki, change: verification => With(verification, given => given with { Certificates = given.Certificates.Add(forged) })));
    }

    [Fact]
    public void Refuses_a_quote_that_only_names_its_platform_and_takes_it_with_the_pck_certificate()
    {
        var pki = new DcapTestPki();
        var quote = pki.SgxQuote(certificationType: 3);
        Assert.Equal(DcapCodes.NoPckChain, Failures(pki, tdx: false, quote: quote)[0]);
        Assert.Empty(Failures(pki, tdx: false, quote: quote, change: verification => With(verification, given => given with { Certificates = [.. given.Certificates, pki.Chain[1], pki.Chain[2]] })));
    }

    [Fact]
    public void Takes_a_quote_that_brings_its_pck_certificate_alone_with_the_ca_from_the_endorsements()
    {
        var pki = new DcapTestPki();
        var quote = pki.SgxQuote(certificationType: 4, version: 4);
        DcapVerification WithCa(DcapVerification verification) => With(verification, given => given with { Certificates = [.. given.Certificates, pki.Chain[1]] });
        Assert.Empty(Failures(pki, tdx: false, quote: quote, change: WithCa));
        Assert.Equal(DcapCodes.PckChainLength, Failures(pki, tdx: false, quote: quote)[0]);
        Assert.DoesNotContain(DcapQuote.Parse(quote).Fields, field => field.Name == "root_sha256");
        var several = new DcapTestPki { EmbeddedCertificates = [pki.Chain[2], pki.Chain[1]] };
        Assert.Equal(DcapCodes.PckChainLength, Failures(pki, tdx: false, quote: several.SgxQuote(certificationType: 4, version: 4), change: WithCa)[0]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Verifies_an_sgx_quote_of_the_newer_versions(int version)
    {
        var pki = new DcapTestPki();
        Assert.Empty(Failures(pki, tdx: false, quote: pki.SgxQuote(version: version)));
    }

    [Theory]
    [InlineData("{\"\\ud800\\ud800\":0}")]
    [InlineData("{\"tcbInfo\":{\"\\udc00\":1,\"version\":3},\"signature\":\"00\"}")]
    public void Collateral_with_half_a_surrogate_pair_is_malformed(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Contains(DcapCodes.TcbInfoMalformed, Failures(new DcapTestPki(), change: verification => With(verification, given => given with { TcbInfos = [bytes] })));
        Assert.Contains(DcapCodes.QeIdentityMalformed, Failures(new DcapTestPki(), change: verification => With(verification, given => given with { EnclaveIdentities = [bytes] })));
    }

    [Fact]
    public void A_second_verification_with_a_cache_says_what_the_first_said()
    {
        var pki = new DcapTestPki();
        var stale = new DcapTestPki { NextUpdate = DcapTestPki.Now.AddDays(-1) };
        var cache = new AppraisalCache();
        for (var i = 0; i < 2; i++)
        {
            Assert.Empty(Failures(pki, change: verification => verification with { Cache = cache }));
            Assert.Equal(Failures(stale), Failures(stale, change: verification => verification with { Cache = cache }));
            Assert.Equal([PathCodes.Expired, PathCodes.Expired], Failures(pki, change: verification => verification with { Cache = cache, At = DcapTestPki.Now.AddYears(50) }).Where(code => code == PathCodes.Expired));
        }
    }

    [Fact]
    public void Takes_no_pck_certificate_of_another_platform()
    {
        var pki = new DcapTestPki();
        var other = new DcapTestPki();
        other.Pck.Key = DcapTestPki.Key();
        Assert.Equal(DcapCodes.NoPckChain, Failures(pki, tdx: false, quote: pki.SgxQuote(certificationType: 1), change: verification => With(verification, given => given with { Certificates = [.. given.Certificates, pki.Chain[1], other.Chain[2]] }))[0]);
    }

    [Fact]
    public void Flags_padding_and_refuses_other_bytes_after_the_quote()
    {
        var pki = new DcapTestPki();
        byte[] padded = [.. pki.TdxQuote(), .. new byte[40]];
        Assert.Empty(Failures(pki, quote: padded));
        Assert.Equal(CheckOutcome.Skip, DcapVerifier.Verify(DcapQuote.Parse(padded), pki.VerificationFor(true)).Checks.Only(DcapCodes.Trailing).Outcome);
        padded[^1] = 1;
        Assert.Equal([DcapCodes.Trailing], Failures(pki, quote: padded));
    }

    [Theory]
    [InlineData(64, DcapCodes.MrSignerSeam, DcapCodes.TdxModuleSigner)]
    [InlineData(112, DcapCodes.SeamAttributes, DcapCodes.TdxModuleAttributes)]
    public void Rejects_a_tdx_module_that_is_not_intels(int offset, string code, string ofTcbInfo) =>
        Assert.Equal([ofTcbInfo, code], Failures(new DcapTestPki { ChangeBody = body => body[offset] = 1 }));

    [Fact]
    public void Rejects_a_tdx_module_that_the_tcb_info_does_not_name() => Assert.Equal([DcapCodes.TdxModuleUnknown], Failures(new DcapTestPki { TeeTcbSvn = [5, 2, 6] }));

    [Fact]
    public void Rejects_a_tdx_module_older_than_every_level() => Assert.Equal([DcapCodes.TdxModuleLevel], Failures(new DcapTestPki { TeeTcbSvn = [1, 1, 6] }));

    [Fact]
    public void Rejects_an_enclave_that_was_never_initialised() => Assert.Equal([DcapCodes.NotInitialised], Failures(new DcapTestPki { SgxFlags = 0x04 }, tdx: false));
}
