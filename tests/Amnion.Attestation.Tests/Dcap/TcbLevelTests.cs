using Amnion.Attestation.Dcap;

namespace Amnion.Attestation.Tests.Dcap;

/// <summary>Levels and statuses by Intel's rules, §4.1.2.4.17 of its quote verification library.</summary>
public sealed class TcbLevelTests
{
    static Dictionary<string, string> Verify(DcapTestPki pki, bool tdx = true, int version = 5, int body = 3)
    {
        var result = DcapVerifier.Verify(DcapQuote.Parse(tdx ? pki.TdxQuote(version, body) : pki.SgxQuote()), pki.VerificationFor(tdx));
        return result.Fields.Append(new EvidenceField("failed", string.Join(',', result.Checks.Failed()), "")).ToDictionary(field => field.Name, field => field.Value);
    }

    [Fact]
    public void The_first_level_whose_every_component_is_reached_counts()
    {
        var fields = Verify(new DcapTestPki { Components = [5, 5, 2, 2, 3, 1, 0, 2] });
        Assert.Equal(("OutOfDate", "INTEL-SA-00001", ""), (fields["tcb_status"], fields["advisory_ids"], fields["failed"]));
    }

    [Fact]
    public void The_pce_svn_counts_as_a_component() => Assert.Equal("OutOfDate", Verify(new DcapTestPki { PceSvn = 10 }, tdx: false)["tcb_status"]);

    [Fact]
    public void A_platform_below_every_level_is_rejected()
    {
        var fields = Verify(new DcapTestPki { Components = [1] }, tdx: false);
        Assert.Equal(DcapCodes.TcbLevel, fields["failed"]);
        Assert.DoesNotContain("tcb_status", fields.Keys);
    }

    [Fact]
    public void Components_of_a_module_with_a_major_version_are_left_to_its_own_levels()
    {
        // The platform's level asks for 9 in components 0 and 1; a module of major version 1 is not measured by them.
        var pki = new DcapTestPki();
        pki.Levels[0] = pki.Levels[0] with { Tdx = [9, 9, 6] };
        Assert.Equal(("UpToDate", "UpToDate"), (Verify(pki)["tcb_status"], Verify(pki)["tdx_module_status"]));
    }

    [Fact]
    public void Components_of_a_first_module_are_compared_from_the_start()
    {
        var pki = new DcapTestPki { TeeTcbSvn = [4, 0, 6] };
        var fields = Verify(pki, version: 4);
        Assert.Equal("OutOfDate", fields["tcb_status"]);
        Assert.DoesNotContain("tdx_module_status", fields.Keys);
    }

    [Theory]
    [InlineData("UpToDate", "OutOfDate")]
    [InlineData("SWHardeningNeeded", "OutOfDate")]
    [InlineData("ConfigurationNeeded", "OutOfDateConfigurationNeeded")]
    [InlineData("ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded")]
    [InlineData("OutOfDate", "OutOfDate")]
    [InlineData("OutOfDateConfigurationNeeded", "OutOfDateConfigurationNeeded")]
    [InlineData("Revoked", "Revoked")]
    public void An_old_module_or_quoting_enclave_makes_the_platform_out_of_date(string platform, string expected)
    {
        var module = new DcapTestPki { TeeTcbSvn = [3, 1, 6] };
        module.Levels[0] = module.Levels[0] with { Status = platform };
        Assert.Equal((expected, "OutOfDate", "INTEL-SA-00002"), (Verify(module, version: 4)["tcb_status"], Verify(module, version: 4)["tdx_module_status"], Verify(module, version: 4)["advisory_ids"]));
        var enclave = new DcapTestPki { QeSvn = 5 };
        enclave.Levels[0] = enclave.Levels[0] with { Status = platform };
        Assert.Equal((expected, "OutOfDate", "INTEL-SA-00003"), (Verify(enclave, tdx: false)["tcb_status"], Verify(enclave, tdx: false)["qe_status"], Verify(enclave, tdx: false)["advisory_ids"]));
    }

    [Fact]
    public void A_revoked_module_or_quoting_enclave_revokes_the_platform()
    {
        var module = new DcapTestPki();
        module.ModuleLevels[0] = (5, "Revoked", "");
        Assert.Equal("Revoked", Verify(module)["tcb_status"]);
        var enclave = new DcapTestPki();
        enclave.QeLevels[0] = (8, "Revoked", "");
        Assert.Equal("Revoked", Verify(enclave)["tcb_status"]);
    }

    [Fact]
    public void A_relaunch_is_advised_where_only_the_launch_was_under_an_old_module() =>
        Assert.Equal("RelaunchAdvised", Verify(new DcapTestPki { TeeTcbSvn = [3, 1, 6], TeeTcbSvn2 = [5, 1, 6] })["tcb_status"]);

    [Fact]
    public void A_relaunch_with_configuration_is_advised_where_the_platform_needs_it()
    {
        var pki = new DcapTestPki { TeeTcbSvn = [3, 1, 6], TeeTcbSvn2 = [5, 1, 6] };
        pki.Levels[0] = pki.Levels[0] with { Status = "ConfigurationNeeded" };
        Assert.Equal("RelaunchAdvisedConfigurationNeeded", Verify(pki)["tcb_status"]);
    }

    [Theory]
    [InlineData(4, 6, 8)]
    [InlineData(5, 5, 8)]
    [InlineData(5, 6, 5)]
    public void No_relaunch_helps_where_module_microcode_or_quoting_enclave_are_old_now(byte module, byte microcode, int enclave) =>
        Assert.Equal("OutOfDate", Verify(new DcapTestPki { TeeTcbSvn = [3, 1, 6], TeeTcbSvn2 = [module, 1, microcode], QeSvn = enclave })["tcb_status"]);

    [Fact]
    public void No_relaunch_helps_where_even_the_newest_module_is_not_up_to_date()
    {
        var pki = new DcapTestPki { TeeTcbSvn = [3, 1, 6], TeeTcbSvn2 = [5, 1, 6] };
        pki.ModuleLevels[0] = (5, "OutOfDate", "INTEL-SA-00009");
        Assert.Equal("OutOfDate", Verify(pki)["tcb_status"]);
    }

    [Fact]
    public void A_running_module_that_intel_does_not_know_is_rejected() =>
        Assert.Equal(DcapCodes.TdxModuleUnknown, Verify(new DcapTestPki { TeeTcbSvn = [3, 1, 6], TeeTcbSvn2 = [5, 7, 6] })["failed"]);

    [Fact]
    public void Numbers_and_dates_of_collateral_are_fields()
    {
        var fields = Verify(new DcapTestPki());
        Assert.Equal(("20", "20", "2026-02-11T00:00:00Z", "20495"), (fields["tcb_evaluation_data_number"], fields["qe_evaluation_data_number"], fields["tcb_date"], fields["tcb_date_days"]));
    }
}
