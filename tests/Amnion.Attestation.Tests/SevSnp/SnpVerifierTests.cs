using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

public sealed class SnpVerifierTests
{
    static readonly SnpTestPlatform s_milan = SnpTestPlatform.Milan;

    static string[] Failed(byte[] report, SnpVerification? verification = null) => SnpVerifier.Verify(SnpReport.Parse(report), verification ?? s_milan.Verification()).Failed();

    static string[] FailedWith(Action<byte[]> change, int version = 3) => Failed(s_milan.Report(version, change));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Accepts_a_report_of_each_version(int version) => Assert.Empty(Failed(s_milan.Report(version)));

    [Fact]
    public void Accepts_reports_of_each_product_line()
    {
        foreach (var platform in new[] { SnpTestPlatform.Milan, SnpTestPlatform.Genoa, SnpTestPlatform.Turin })
        {
            var checks = SnpVerifier.Verify(SnpReport.Parse(platform.Report(5)), platform.Verification());
            Assert.True(checks.AllPass(), string.Join(", ", checks.Failed()));
        }
    }

    [Fact]
    public void Accepts_a_vlek()
    {
        var checks = SnpVerifier.Verify(SnpReport.Parse(s_milan.Report(change: bytes => bytes[0x48] = 4)), s_milan.Verification(s_milan.Vlek()));
        Assert.True(checks.AllPass(), string.Join(", ", checks.Failed()));
        Assert.Equal(CheckOutcome.Skip, checks.Only(SnpCodes.HardwareId).Outcome);
    }

    [Fact]
    public void Rejects_version_1() => Assert.Contains(SnpCodes.UnknownVersion, Failed(s_milan.Report(1)));

    [Fact]
    public void Rejects_a_changed_report() => Assert.Equal([SnpCodes.Signature], Failed(s_milan.Report(after: bytes => bytes[0x90] ^= 1)));

    [Fact]
    public void Rejects_another_keys_signature()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal([SnpCodes.Signature], Failed(s_milan.Report(key: other)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Rejects_another_signature_algorithm(byte algorithm) => Assert.Equal([SnpCodes.SignatureAlgorithm], FailedWith(bytes => bytes[0x34] = algorithm));

    [Fact]
    public void Rejects_a_vceks_report_that_names_a_vlek() => Assert.Equal([SnpCodes.SigningKey], FailedWith(bytes => bytes[0x48] = 4));

    [Fact]
    public void Rejects_a_vleks_report_that_names_a_vcek() => Assert.Equal([SnpCodes.SigningKey], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vlek())));

    [Fact]
    public void Rejects_a_report_that_names_no_key_though_it_is_signed() => Assert.Equal([SnpCodes.SigningKey], FailedWith(bytes => bytes[0x48] = 7 << 2));

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Rejects_a_reserved_kind_of_key(int kind) => Assert.Equal([SnpCodes.SignerReserved, SnpCodes.SigningKey], FailedWith(bytes => bytes[0x48] = (byte)(kind << 2)));

    [Fact]
    public void Rejects_a_reserved_bit_beside_the_key() => Assert.Equal([SnpCodes.SignerReserved], FailedWith(bytes => bytes[0x48] = 1 << 5));

    [Fact]
    public void Rejects_a_reserved_field_that_is_not_zero() => Assert.Equal([SnpCodes.Reserved], FailedWith(bytes => bytes[0x4c] = 1));

    [Fact]
    public void Rejects_a_reserved_byte_of_a_tcb() => Assert.Equal([SnpCodes.Reserved, SnpCodes.LaunchAboveCurrent], FailedWith(bytes => bytes[0x1f0 + 3] = 1));

    [Fact]
    public void Rejects_bytes_that_nothing_signs() => Assert.Equal([SnpCodes.Reserved], Failed(s_milan.Report(after: bytes => bytes[0x49f] = 1)));

    [Theory]
    [InlineData(17, false)]
    [InlineData(26, true)]
    [InlineData(63, true)]
    public void Rejects_a_reserved_policy_bit(int bit, bool set) =>
        Assert.Equal([SnpCodes.PolicyReserved], FailedWith(bytes => BitConverter.TryWriteBytes(bytes.AsSpan(8), set ? 0x20000 | (1UL << bit) : 0)));

    [Theory]
    [InlineData(0x41, 1)]
    [InlineData(0x47, 0x80)]
    public void Rejects_a_reserved_platform_bit(int offset, byte value) => Assert.Equal([SnpCodes.PlatformReserved], FailedWith(bytes => bytes[offset] = value));

    [Theory]
    [InlineData(4u)]
    [InlineData(SnpReport.HostRequestedVmpl)]
    public void Rejects_a_report_that_no_guest_asked_for(uint vmpl) => Assert.Equal([SnpCodes.VmplRange], FailedWith(bytes => BitConverter.TryWriteBytes(bytes.AsSpan(0x30), vmpl)));

    [Theory]
    [InlineData(0x1e0)]
    [InlineData(0x1e0 + 7)]
    [InlineData(0x1ec)]
    [InlineData(0x1ed)]
    public void Rejects_a_platform_that_committed_to_more_than_it_runs(int offset) => Assert.Equal([SnpCodes.CommittedAboveCurrent], FailedWith(bytes => bytes[offset]++));

    [Fact]
    public void Rejects_a_reported_tcb_above_the_current() => Assert.Equal([SnpCodes.CommittedAboveCurrent, SnpCodes.ReportedAboveCurrent, SnpCodes.LaunchAboveCurrent], FailedWith(bytes => bytes[0x38 + 6]--));

    [Fact]
    public void Rejects_a_launch_above_the_current() => Assert.Equal([SnpCodes.LaunchAboveCurrent], FailedWith(bytes => bytes[0x1f0 + 7]++));

    [Fact]
    public void Rejects_an_abi_that_the_firmware_does_not_have() => Assert.Equal([SnpCodes.AbiAboveFirmware], FailedWith(bytes => (bytes[8], bytes[9]) = (56, 1)));

    [Fact]
    public void Rejects_without_an_endorsement_key()
    {
        var checks = SnpVerifier.Verify(SnpReport.Parse(s_milan.Report()), s_milan.Verification() with { Endorsements = new() });
        Assert.Equal([SnpCodes.NoEndorsementKey], checks.Failed());
    }

    [Fact]
    public void Rejects_a_certificate_with_a_byte_behind() => Assert.Equal([SnpCodes.CertificateMalformed], Failed(s_milan.Report(), s_milan.Verification([.. s_milan.Vcek(), 0])));

    [Theory]
    [InlineData("3.1", 5)]
    [InlineData("3.2", 1)]
    [InlineData("3.3", 23)]
    [InlineData("3.8", 218)]
    [InlineData("3.4", 1)]
    public void Rejects_a_key_for_another_tcb(string extension, int level) =>
        Assert.Equal([SnpCodes.CertificateTcb], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions[extension] = SnpTestPlatform.Integer(level)))));

    [Fact]
    public void Rejects_a_key_for_another_fmc_of_turin()
    {
        var turin = SnpTestPlatform.Turin;
        Assert.Equal([SnpCodes.CertificateTcb], Failed(turin.Report(), turin.Verification(turin.Vcek(extensions => extensions["3.9"] = SnpTestPlatform.Integer(2)))));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3.1")]
    [InlineData("3.5")]
    [InlineData("3.8")]
    [InlineData("4")]
    public void Rejects_a_key_without_an_extension(string extension) =>
        Assert.Contains(SnpCodes.KeyExtensions, Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions.Remove(extension)))));

    [Fact]
    public void Rejects_an_extension_that_is_not_known() =>
        Assert.Equal([SnpCodes.KeyExtensions], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["3.10"] = SnpTestPlatform.Integer(0)))));

    [Fact]
    public void Rejects_turins_fmc_in_milans_key() =>
        Assert.Equal([SnpCodes.KeyExtensions], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["3.9"] = SnpTestPlatform.Integer(0)))));

    [Fact]
    public void Rejects_a_key_that_is_of_a_chip_and_of_a_provider() =>
        Assert.Contains(SnpCodes.KeyExtensions, Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["5"] = SnpTestPlatform.Text("CN=x")))));

    [Fact]
    public void Rejects_a_key_of_another_struct_version() =>
        Assert.Equal([SnpCodes.KeyExtensions], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["1"] = SnpTestPlatform.Integer(2)))));

    [Fact]
    public void Accepts_the_chip_as_an_octet_string() =>
        Assert.Empty(Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["4"] = [4, 64, .. s_milan.ChipId]))));

    [Fact]
    public void Rejects_another_chip() => Assert.Equal([SnpCodes.HardwareId], FailedWith(bytes => bytes[0x1a0 + 63]++));

    [Fact]
    public void Rejects_what_stands_behind_turins_eight_bytes()
    {
        var turin = SnpTestPlatform.Turin;
        Assert.Equal([SnpCodes.HardwareId], Failed(turin.Report(change: bytes => bytes[0x1a0 + 8] = 1), turin.Verification()));
    }

    [Fact]
    public void Rejects_eight_bytes_of_chip_before_turin() =>
        Assert.Equal([SnpCodes.HardwareId], Failed(s_milan.Report(change: bytes => bytes.AsSpan(0x1a8, 56).Clear()), s_milan.Verification(s_milan.Vcek(extensions => extensions["4"] = s_milan.ChipId[..8]))));

    [Fact]
    public void Rejects_a_zero_chip_unless_allowed_whatever_the_bit_for_the_key_says()
    {
        var zero = s_milan.Report(change: bytes => bytes.AsSpan(0x1a0, 64).Clear());
        var masked = s_milan.Report(change: bytes => { bytes.AsSpan(0x1a0, 64).Clear(); bytes[0x48] = 2; });
        var allowing = s_milan.Verification() with { AllowMaskedChipId = true };
        Assert.Equal([SnpCodes.HardwareId], Failed(zero));
        Assert.Equal([SnpCodes.HardwareId], Failed(masked));
        Assert.Empty(Failed(zero, allowing));
        Assert.Empty(Failed(masked, allowing));
        Assert.Equal([SnpCodes.HardwareId], Failed(s_milan.Report(change: bytes => bytes[0x48] = 2), allowing));
        Assert.Equal([SnpCodes.HardwareId], Failed(s_milan.Report(change: bytes => bytes[0x1a0]++), allowing));
    }

    [Fact]
    public void Rejects_the_zero_signature_of_a_platform_that_masks_the_chips_key()
    {
        var unsigned = s_milan.Report(change: bytes => bytes[0x48] = 2, after: bytes => bytes.AsSpan(0x2a0, 144).Clear());
        Assert.Contains(SnpCodes.Signature, Failed(unsigned, s_milan.Verification() with { AllowMaskedChipId = true }));
    }

    [Theory]
    [InlineData("SEV-VLEK")]
    [InlineData("SEV-VCEK-Milan")]
    [InlineData("sev-vcek")]
    public void Rejects_a_key_of_another_name(string name) => Assert.Equal([SnpCodes.KeyName], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(name: name))));

    [Fact]
    public void Rejects_a_vcek_under_the_vlek_authority() =>
        Assert.Equal([SnpCodes.ChainShape, SnpCodes.Product], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(issuer: s_milan.Asvk))));

    [Fact]
    public void Rejects_a_vlek_under_the_vcek_authority() =>
        Assert.Equal([SnpCodes.ChainShape, SnpCodes.Product], Failed(s_milan.Report(change: bytes => bytes[0x48] = 4), s_milan.Verification(s_milan.Vlek(issuer: s_milan.Ask))));

    [Fact]
    public void Rejects_a_key_right_under_the_root() =>
        Assert.Equal([SnpCodes.ChainShape, SnpCodes.Product], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(issuer: s_milan.Ark))));

    [Theory]
    [InlineData("Genoa")]
    [InlineData("Milan-b0")]
    [InlineData("Rome-B0")]
    [InlineData("Milan-")]
    public void Rejects_a_key_of_another_product(string product) =>
        Assert.Equal([SnpCodes.Product], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(extensions => extensions["2"] = SnpTestPlatform.Text(product)))));

    [Fact]
    public void Rejects_a_processor_of_another_product() => Assert.Equal([SnpCodes.Product], FailedWith(bytes => bytes[0x189] = 0x11));

    [Fact]
    public void Rejects_a_processor_that_is_not_known() => Assert.Equal([SnpCodes.Product], FailedWith(bytes => bytes[0x189] = 0x30));

    [Fact]
    public void Rejects_version_2_under_turin()
    {
        var turin = SnpTestPlatform.Turin;
        var failed = Failed(turin.Report(2), turin.Verification());
        Assert.Contains(SnpCodes.UndeclaredProduct, failed);
    }

    [Fact]
    public void Rejects_another_root() => Assert.Equal([PathCodes.TrustAnchor], Failed(s_milan.Report(), s_milan.Verification() with { Anchors = SnpRoots.All }));

    [Fact]
    public void Rejects_without_the_issuers()
    {
        var verification = s_milan.Verification();
        var failed = Failed(s_milan.Report(), verification with { Endorsements = verification.Endorsements with { Certificates = [s_milan.Vcek()] } });
        Assert.Equal([PathCodes.NoPath], failed);
    }

    [Fact]
    public void Rejects_an_expired_key() =>
        Assert.Equal([PathCodes.Expired], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(certificate: wanted => wanted.NotAfter = SnpTestPlatform.Now.AddDays(-1)))));

    [Fact]
    public void Rejects_a_key_on_another_curve()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var checks = SnpVerifier.Verify(SnpReport.Parse(s_milan.Report(key: p256)), s_milan.Verification(s_milan.Vcek(key: p256)));
        Assert.Equal([PathCodes.KeyType], checks.Failed());
        Assert.Equal([SnpCodes.Signature], checks.Missed());
    }

    [Fact]
    public void Rejects_a_key_that_is_a_ca() =>
        Assert.Equal([PathCodes.LeafIsCertificateAuthority], Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(certificate: wanted => wanted.Authority = true))).Where(code => code != PathCodes.PathLength));

    [Fact]
    public void Rejects_a_key_signed_with_sha256() =>
        Assert.Contains(PathCodes.SignatureAlgorithm, Failed(s_milan.Report(), s_milan.Verification(s_milan.Vcek(certificate: wanted => wanted.Hash = HashAlgorithmName.SHA256))));

    [Fact]
    public void Rejects_a_revoked_ask_and_a_revoked_asvk()
    {
        var vlek = s_milan.Verification(s_milan.Vlek());
        var vcek = s_milan.Verification();
        Assert.Equal([PathCodes.RevokedByIssuer], Failed(s_milan.Report(), Listing(vcek, s_milan.RevocationList(Serial(s_milan.Ask)))));
        Assert.Equal([PathCodes.RevokedByIssuer], Failed(s_milan.Report(change: bytes => bytes[0x48] = 4), Listing(vlek, s_milan.RevocationList(Serial(s_milan.Asvk)))));
    }

    [Fact]
    public void Rejects_without_the_roots_list_unless_that_check_may_go_unmade()
    {
        var verification = Listing(s_milan.Verification());
        Assert.Equal([PathCodes.RevocationListMissing], SnpVerifier.Verify(SnpReport.Parse(s_milan.Report()), verification).Missed());
        Assert.True(SnpVerifier.Verify(SnpReport.Parse(s_milan.Report()), verification with { MaySkip = [PathCodes.RevocationListMissing] }).AllPass());
    }

    [Fact]
    public void Rejects_a_list_that_has_ended_even_where_none_is_needed() =>
        Assert.Equal([PathCodes.RevocationListUnusable], Failed(s_milan.Report(), Listing(s_milan.Verification(), s_milan.Ark.RevocationList([], nextUpdate: SnpTestPlatform.Now.AddMinutes(-1))) with { MaySkip = [PathCodes.RevocationListMissing] }));

    [Fact]
    public void Takes_of_several_keys_the_one_that_fits()
    {
        var old = s_milan.Vcek(extensions => extensions["3.8"] = SnpTestPlatform.Integer(1));
        var other = s_milan.Vcek(extensions => extensions["4"] = new byte[64]);
        Assert.Empty(Failed(s_milan.Report(), s_milan.Verification(old, s_milan.Vlek(), other, s_milan.Vcek())));
    }

    static SnpVerification Listing(SnpVerification verification, params byte[][] lists) =>
        verification with { Endorsements = verification.Endorsements with { RevocationLists = SnpTestPlatform.Memory(lists) } };

    static byte[] Serial(TestAuthority authority)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(authority.Der);
        return certificate.SerialNumberBytes.ToArray();
    }
}
