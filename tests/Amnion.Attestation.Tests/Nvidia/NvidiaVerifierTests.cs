using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>Each rule of a report's verification, alone, with its exact code.</summary>
public sealed class NvidiaVerifierTests
{
    readonly NvidiaScene _scene = new();

    static string[] Codes(NvidiaVerified verified) => [.. verified.Checks.Where(check => check.Rejects).Select(check => check.Code)];

    void Fails(params string[] codes) => Assert.Equal(codes, Codes(_scene.Verify()));

    static string? Claim(NvidiaVerified verified, string name) => verified.Claims.FirstOrDefault(claim => claim.Name == name)?.Value;

    [Fact]
    public void Accepts_a_gpu_with_everything_in_order_and_makes_nvidias_claims()
    {
        var verified = _scene.Verify();
        Assert.Empty(Codes(verified));
        Assert.True(verified.Holds);
        Assert.Equal("success", Claim(verified, "measres"));
        Assert.Equal("true", Claim(verified, "secboot"));
        Assert.Equal("disabled", Claim(verified, "dbgstat"));
        Assert.Equal("GH100 A01 GSP BROM", Claim(verified, "hwmodel"));
        Assert.Equal("5703", Claim(verified, "oemid"));
        Assert.Equal("1107362307", Claim(verified, "ueid"));
        Assert.Equal("gpu", Claim(verified, "x-nvidia-device-type"));
        Assert.Equal("550.90.07", Claim(verified, "x-nvidia-gpu-driver-version"));
        Assert.Equal("96.00.9F.00.01", Claim(verified, "x-nvidia-gpu-vbios-version"));
        Assert.Equal("good", Claim(verified, "x-nvidia-gpu-vbios-rim-cert-chain.x-nvidia-cert-ocsp-status"));
        Assert.Equal("valid", Claim(verified, "x-nvidia-gpu-attestation-report-cert-chain.x-nvidia-cert-status"));
        foreach (var name in (string[])["arch-check", "attestation-report-signature-verified", "attestation-report-nonce-match", "attestation-report-cert-chain-fwid-match", "driver-rim-fetched", "driver-rim-signature-verified", "driver-rim-version-match", "vbios-rim-signature-verified", "vbios-index-no-conflict"])
        {
            Assert.Equal("true", Claim(verified, "x-nvidia-gpu-" + name));
        }
    }

    [Fact]
    public void Accepts_a_switch_with_everything_in_order_but_the_firmware_identifier_that_it_never_has()
    {
        var verified = new NvidiaScene(isSwitch: true).Verify();
        Assert.Equal([NvidiaCodes.FirmwareId], Codes(verified));
        Assert.Equal("nvswitch", Claim(verified, "x-nvidia-device-type"));
        Assert.Equal("96.10.55.00.01", Claim(verified, "x-nvidia-switch-bios-version"));
        Assert.Equal("success", Claim(verified, "measres"));
        Assert.True(new NvidiaScene(isSwitch: true).Verify(verification => verification with { MaySkip = [NvidiaCodes.FirmwareId] }).Holds);
    }

    [Fact]
    public void Rejects_every_changed_byte_of_the_signed_part()
    {
        var encoded = _scene.Encoded;
        var verification = _scene.Verification with { Endorsements = new(), MaySkip = [OcspCodes.Missing, NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot], Cache = new AppraisalCache() };
        Assert.True(NvidiaVerifier.Verify(_scene.Evidence, verification).Holds);

        // Each costs a verification, so every third, which has no divisor in common with the 55 bytes of a block: each place is changed in some block.
        for (var i = 0; i < encoded.Length; i += 3)
        {
            var changed = (byte[])encoded.Clone();
            changed[i] ^= 1;
            Assert.False(NvidiaReport.TryParse(changed, out var report) && NvidiaVerifier.Verify(_scene.Evidence with { Report = report }, verification).Holds);
        }
    }

    [Fact]
    public void Rejects_a_report_signed_by_another_key()
    {
        var evidence = _scene.Evidence with { Report = NvidiaReport.Parse(_scene.Report.Make(NvidiaPki.Spare(0))) };
        Assert.Equal([NvidiaCodes.Signature], Codes(NvidiaVerifier.Verify(evidence, _scene.Verification)));
    }

    [Fact]
    public void Rejects_a_request_without_signature()
    {
        _scene.Report.Attributes = 0;
        Fails(NvidiaCodes.Request);
    }

    [Fact]
    public void Rejects_a_request_for_one_measurement()
    {
        _scene.Report.Operation = 1;
        Fails(NvidiaCodes.Request);
    }

    [Fact]
    public void Rejects_a_response_of_another_slot()
    {
        _scene.Report.ResponseSlot = 1;
        Fails(NvidiaCodes.Slot);
    }

    [Fact]
    public void Mentions_padding_without_rejecting()
    {
        _scene.Report.Tail = [0];
        var verified = _scene.Verify();
        Assert.True(verified.Holds);
        Assert.Equal(CheckOutcome.Skip, verified.Checks.Only(NvidiaCodes.Padding).Outcome);
    }

    [Fact]
    public void Rejects_opaque_data_of_an_unknown_version()
    {
        _scene.Report.Set(34, [2, 0]);
        Fails(NvidiaCodes.OpaqueVersion);
    }

    [Fact]
    public void Rejects_another_nonce()
    {
        _scene.Report.RequestNonce = new byte[32];
        Fails(NvidiaCodes.Nonce);
        Assert.Equal("false", Claim(_scene.Verify(), "x-nvidia-gpu-attestation-report-nonce-match"));
    }

    [Fact]
    public void Rejects_a_chain_under_another_root() =>
        Assert.Equal([PathCodes.TrustAnchor], Codes(_scene.Verify(verification => verification with { DeviceAnchors = [NvidiaRoots.Device] })));

    [Fact]
    public void Rejects_a_chain_of_four()
    {
        var evidence = _scene.Evidence with { Chain = NvidiaChain.FromDer([.. _scene.Pki.Device[1..].Select(der => (ReadOnlyMemory<byte>)der)]) };
        var codes = Codes(NvidiaVerifier.Verify(evidence, _scene.Verification));
        Assert.Contains(NvidiaCodes.ChainLength, codes);
        Assert.Contains(NvidiaCodes.Signature, codes);
        Assert.Contains(PathCodes.LeafIsCertificateAuthority, codes);
    }

    [Fact]
    public void Rejects_a_chain_in_another_order()
    {
        byte[][] device = [_scene.Pki.Device[0], _scene.Pki.Device[2], _scene.Pki.Device[1], .. _scene.Pki.Device[3..]];
        var codes = Codes(NvidiaVerifier.VerifyChain(NvidiaChain.FromDer([.. device.Select(der => (ReadOnlyMemory<byte>)der)]), _scene.Verification));
        Assert.Contains(PathCodes.NameChaining, codes);
        Assert.Contains(PathCodes.CertificateSignature, codes);
    }

    [Fact]
    public void Rejects_a_chain_with_a_key_of_another_curve()
    {
        _scene.Pki.Provisioner.Key = TestChain.Key("1.2.840.10045.3.1.7");
        Assert.Contains(PathCodes.KeyType, Codes(_scene.Verify()));
    }

    [Fact]
    public void Rejects_a_chain_signed_with_another_hash()
    {
        _scene.Pki.Provisioner.Hash = HashAlgorithmName.SHA256;
        _scene.Pki.BootRom.Hash = HashAlgorithmName.SHA256;
        Assert.Contains(PathCodes.SignatureAlgorithm, Codes(_scene.Verify()));
    }

    [Fact]
    public void Rejects_a_leaf_that_may_not_sign()
    {
        _scene.Pki.Leaf.KeyUsage = X509KeyUsageFlags.NonRepudiation;
        Fails(PathCodes.DigitalSignature);
    }

    [Fact]
    public void Rejects_an_expired_chain()
    {
        _scene.Pki.Provisioner.NotAfter = TestChain.Epoch.AddMinutes(-1);
        Fails(PathCodes.Expired);
        Assert.Equal("expired", Claim(_scene.Verify(), "x-nvidia-gpu-attestation-report-cert-chain.x-nvidia-cert-status"));
    }

    [Fact]
    public void Rejects_a_certificate_the_relying_party_revoked() =>
        Assert.Equal([PathCodes.Revoked], Codes(_scene.Verify(verification => verification with { Revoked = [CertificateId.FromCertificate(_scene.Pki.Device[1])] })));

    [Fact]
    public void Rejects_a_gpu_report_under_a_switchs_certificate()
    {
        var scene = new NvidiaScene();
        scene.Pki.Leaf.Name = "LS_10 A01 FSP FMC LF";
        Assert.Contains(NvidiaCodes.Architecture, Codes(scene.Verify()));
    }

    [Fact]
    public void Rejects_another_firmware_identifier_than_the_certificates()
    {
        _scene.Report.Set(20, SHA384.HashData("other"u8));
        Fails(NvidiaCodes.FirmwareId);
        Assert.Equal("false", Claim(_scene.Verify(), "x-nvidia-gpu-attestation-report-cert-chain-fwid-match"));
    }

    [Fact]
    public void Rejects_a_report_without_firmware_identifier_unless_that_check_may_be_skipped()
    {
        _scene.Report.Set(20, null);
        Fails(NvidiaCodes.FirmwareId);
        Assert.True(_scene.Verify(verification => verification with { MaySkip = [NvidiaCodes.FirmwareId] }).Holds);
    }

    [Fact]
    public void Rejects_a_certificate_without_firmware_identifier_even_where_that_check_may_be_skipped()
    {
        _scene.Pki.Leaf.Extra.Clear();
        Assert.Equal([NvidiaCodes.FirmwareId, NvidiaCodes.Debug, NvidiaCodes.SecureBoot], Codes(_scene.Verify(verification => verification with { MaySkip = [NvidiaCodes.FirmwareId] })));
        Assert.Null(Claim(_scene.Verify(), "dbgstat"));
    }

    [Theory]
    [InlineData(11, 0xa6)]
    [InlineData(-7, 0x87)]
    public void Refuses_firmware_identifiers_and_flags_in_another_form_and_never_passes_them_over(int at, byte tag)
    {
        var changed = NvidiaPki.TcbInfo(NvidiaPki.Firmware, 0x10).RawData;
        at = at < 0 ? changed.Length + at : at;
        Assert.Equal(tag, changed[at]);

        // Primitive for constructed, and the other way round.
        changed[at] ^= 0x20;
        _scene.Pki.Leaf.Extra.Clear();
        _scene.Pki.Leaf.Extra.Add(new X509Extension("2.23.133.5.4.1.1", changed, critical: false));
        Fails(NvidiaCodes.FirmwareId, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
    }

    [Fact]
    public void Reads_blackwells_firmware_identifier()
    {
        _scene.Pki.Leaf.Extra.Clear();
        _scene.Pki.Leaf.Extra.Add(NvidiaPki.TcbInfo(NvidiaPki.Firmware, 0x80));
        Fails();
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x20)]
    [InlineData(0x10)]
    public void Rejects_a_certificate_that_says_it_is_not_secure(byte flags)
    {
        _scene.Pki.Leaf.Extra.Clear();
        _scene.Pki.Leaf.Extra.Add(NvidiaPki.TcbInfo(NvidiaPki.Firmware, flags));
        Fails(NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
        Assert.Null(Claim(_scene.Verify(), "dbgstat"));
        Assert.True(_scene.Verify(verification => verification with { DangerousAllowDebug = true }).Holds);
    }

    [Fact]
    public void Rejects_a_container_that_says_something_else()
    {
        var evidence = _scene.Evidence with { StatedDriverVersion = "1.2.3", StatedNonce = "00", StatedArchitecture = "HOPPER", StatedVbiosVersion = "96.00.9f.00.01" };
        var check = NvidiaVerifier.Verify(evidence, _scene.Verification).Checks.Only(NvidiaCodes.Container);
        Assert.Equal(CheckOutcome.Fail, check.Outcome);
        Assert.Contains("driver_version is 1.2.3, in the report 550.90.07", check.Actual, StringComparison.Ordinal);
        Assert.DoesNotContain("vbios_version", check.Actual, StringComparison.Ordinal);
        Assert.DoesNotContain("arch", check.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_without_manifests_and_names_those_that_are_missing()
    {
        _scene.Rims.Clear();
        var verified = _scene.Verify();
        Assert.Equal([NvidiaCodes.DriverRimMissing, NvidiaCodes.VbiosRimMissing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot], Codes(verified));
        Assert.Equal("NV_GPU_VBIOS_1010_0200_882_96009F0001", verified.Checks.Only(NvidiaCodes.VbiosRimMissing).Expected);
        Assert.Equal("absent", Claim(verified, "measres"));
        Assert.Equal("false", Claim(verified, "x-nvidia-gpu-vbios-rim-fetched"));
    }

    [Fact]
    public void Rejects_without_the_vbios_manifest_alone()
    {
        _scene.Rims.RemoveAt(1);
        Fails(NvidiaCodes.VbiosRimMissing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
    }

    [Fact]
    public void Rejects_a_manifest_for_another_version()
    {
        _scene.Rims[0].Version = "550.90.08";
        Fails(NvidiaCodes.RimVersion);
        Assert.Equal("false", Claim(_scene.Verify(), "x-nvidia-gpu-driver-rim-version-match"));
    }

    [Fact]
    public void Takes_the_manifest_of_the_right_version_among_several()
    {
        _scene.Rims.Insert(0, RimSpec.Of("551.00", 7));
        Fails();
    }

    [Fact]
    public void Rejects_a_manifest_for_another_chip()
    {
        _scene.Rims[1].Product = "GB100";
        Fails(NvidiaCodes.RimProduct);
    }

    [Fact]
    public void Rejects_a_manifest_for_a_switch()
    {
        _scene.Rims[1].Edition = "SWITCH";
        Fails(NvidiaCodes.RimProduct);
    }

    [Fact]
    public void Rejects_a_slot_in_both_manifests()
    {
        _scene.Rims[1].Slots[7] = [ReportSpec.Value(7)];
        Fails(NvidiaCodes.RimConflict, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
        Assert.Equal("false", Claim(_scene.Verify(), "x-nvidia-gpu-vbios-index-no-conflict"));
    }

    [Fact]
    public void Rejects_a_measurement_with_no_reference_value_and_names_slot_and_values()
    {
        _scene.Report.Measure(22, SHA384.HashData("bad"u8)).Measure(30, new byte[48]);
        var verified = _scene.Verify();
        Assert.Equal([NvidiaCodes.Measurement, NvidiaCodes.Debug, NvidiaCodes.SecureBoot], Codes(verified));
        Assert.Contains("slot 22 (Measurement_22) is " + Convert.ToHexStringLower(SHA384.HashData("bad"u8)), verified.Checks.Only(NvidiaCodes.Measurement).Actual, StringComparison.Ordinal);
        Assert.Contains("slot 30", verified.Checks.Only(NvidiaCodes.Measurement).Actual, StringComparison.Ordinal);
        Assert.Equal("fail", Claim(verified, "measres"));
        Assert.Equal("22,30", Claim(verified, "x-nvidia-mismatch-measurement-records"));
        Assert.Null(Claim(verified, "secboot"));
    }

    [Fact]
    public void Accepts_any_of_several_reference_values()
    {
        _scene.Report.Measure(22, SHA384.HashData("another"u8));
        Fails();
    }

    [Fact]
    public void Rejects_a_report_without_a_slot_that_has_reference_values()
    {
        _scene.Report.Blocks.RemoveAt(22);
        Fails(NvidiaCodes.MeasurementMissing, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
    }

    [Fact]
    public void Does_not_compare_an_inactive_slot()
    {
        _scene.Report.Measure(14, SHA384.HashData("anything"u8));
        Fails();
    }

    [Fact]
    public void Says_which_measured_slots_no_manifest_has_values_for()
    {
        var check = _scene.Verify().Checks.Only(NvidiaCodes.Unreferenced);
        Assert.Equal(CheckOutcome.Skip, check.Outcome);
        Assert.Contains("slot 14", check.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_known_cause_where_slot_9_differs()
    {
        _scene.Report.Measure(9, new byte[48]);
        Fails(NvidiaCodes.MeasurementAfterRestart, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
    }

    [Fact]
    public void Names_the_known_cause_where_slot_52_differs()
    {
        _scene.Rims[0].Slots[52] = [SHA384.HashData("52"u8)];
        Fails(NvidiaCodes.MeasurementAfterModeChange, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
        _scene.Report.Measure(52, SHA384.HashData("52"u8));
        Fails();
    }

    [Fact]
    public void Does_not_compare_slot_35_while_the_video_decoder_is_off()
    {
        _scene.Report.Measure(35, new byte[48]);
        Fails(NvidiaCodes.Measurement, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
        _scene.Report.Set(11, [0x55]);
        Fails();
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(null)]
    public void Rejects_a_report_that_does_not_say_whether_the_video_decoder_is_on(int? status)
    {
        _scene.Report.Set(11, status is { } value ? [(byte)value] : null);
        Fails(NvidiaCodes.VideoDecoder, NvidiaCodes.Debug, NvidiaCodes.SecureBoot);
    }

    [Fact]
    public void Rejects_a_manifest_that_does_not_parse()
    {
        var endorsements = _scene.Endorsements;
        Assert.Equal([NvidiaCodes.RimMalformed], Codes(_scene.Verify(verification => verification with { Endorsements = endorsements with { Rims = [.. endorsements.Rims, "<a/>"u8.ToArray()] } })));
    }

    [Fact]
    public void Takes_a_generalized_time_before_2050_which_nvidias_cas_have()
    {
        var spec = new CertificateSpec("Test Identity", _scene.Pki.Identity.Key);
        var der = DerParts.Resign(spec.Make(_scene.Pki.Root), _scene.Pki.Root.Key, items => items[4] = DerParts.Validity(TestChain.Epoch.AddDays(-1), TestChain.Epoch.AddDays(1), generalized: true));
        Assert.Throws<CertificateFormatException>(() => Certificate.Parse(der));
        var chain = NvidiaChain.FromDer([.. _scene.Pki.Device[..3], der, _scene.Pki.Device[4]]);
        Assert.Equal([OcspCodes.Missing], Codes(NvidiaVerifier.VerifyChain(chain, _scene.Verification)));
    }
}
