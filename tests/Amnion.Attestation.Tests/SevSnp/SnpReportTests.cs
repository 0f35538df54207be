using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

public sealed class SnpReportTests
{
    static SnpReport Parse(int version = 3, Action<byte[]>? change = null, SnpTestPlatform? platform = null) => SnpReport.Parse((platform ?? SnpTestPlatform.Milan).Report(version, change));

    static string? Field(SnpReport report, string name) => report.Fields.SingleOrDefault(field => field.Name == name)?.Value;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1183)]
    [InlineData(1185)]
    [InlineData(4096)]
    public void Only_1184_bytes_are_a_report(int length)
    {
        var exception = Assert.Throws<SnpFormatException>(() => SnpReport.Parse(new byte[length]));
        Assert.Equal(SnpCodes.Malformed, exception.Code);
        Assert.Equal("ATTESTATION_REPORT", exception.Field);
        Assert.Equal(Math.Min(length, 1184), exception.Offset);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(6u)]
    [InlineData(0x0200_0000u)]
    [InlineData(uint.MaxValue)]
    public void A_version_whose_layout_is_not_known_is_not_read(uint version)
    {
        var report = SnpTestPlatform.Milan.Report(3, bytes => BitConverter.TryWriteBytes(bytes, version));
        var exception = Assert.Throws<SnpFormatException>(() => SnpReport.Parse(report));
        Assert.Equal(SnpCodes.UnknownVersion, exception.Code);
        Assert.False(SnpReport.TryParse(report, out _));
    }

    [Fact]
    public void Numbers_are_little_endian_and_stand_where_amd_put_them()
    {
        var report = Parse(5, bytes =>
        {
            for (var i = 0x04; i < 0x2a0; i++)
            {
                bytes[i] = (byte)i;
            }
        });
        Assert.Equal(0x07060504u, report.GuestSvn);
        Assert.Equal(0x0f0e0d0c0b0a0908ul, report.Policy.Value);
        Assert.Equal(0x33323130u, report.Vmpl);
        Assert.Equal(0x37363534u, report.SignatureAlgorithm);
        Assert.Equal(0x3f3e3d3c3b3a3938ul, report.CurrentTcb.Value);
        Assert.Equal(0x4746454443424140ul, report.PlatformInfo.Value);
        Assert.Equal(0x4b4a4948u, report.SignerInfo);
        Assert.Equal(0x8786858483828180ul, report.ReportedTcb.Value);
        Assert.Equal(0xe7e6e5e4e3e2e1e0ul, report.CommittedTcb.Value);
        Assert.Equal(0xf7f6f5f4f3f2f1f0ul, report.LaunchTcb.Value);
        Assert.Equal(new SnpFirmwareVersion(0xea, 0xe9, 0xe8), report.CurrentFirmware);
        Assert.Equal(new SnpFirmwareVersion(0xee, 0xed, 0xec), report.CommittedFirmware);
        Assert.Equal(new SnpCpuid(0x88, 0x89, 0x8a), report.Cpuid);
        Assert.Equal(0xfffefdfcfbfaf9f8ul, report.LaunchMitigations);
        Assert.Equal(0x0706050403020100ul, report.CurrentMitigations);
        Assert.Equal(
            ["bytes 04ch to 04fh", "bytes 18bh to 19fh", "bytes 1ebh to 1ebh", "bytes 1efh to 1efh", "bytes 208h to 29fh"],
            report.ReservedNotZero);
        Assert.Equal((0x10, 0x50, 0x90, 0xc0), (report.FamilyId.Span[0], report.ReportData.Span[0], report.Measurement.Bytes.Span[0], report.HostData.Span[0]));
        Assert.Equal((0x20, 0xe0, 0x10, 0x40), (report.ImageId.Span[0], report.IdKeyDigest.Bytes.Span[0], report.AuthorKeyDigest.Bytes.Span[0], report.ReportId.Span[0]));
        Assert.Equal((0x60, 0xa0), (report.ReportIdOfMigrationAgent.Span[0], report.ChipId.Span[0]));
    }

    [Fact]
    public void Turin_has_a_tcb_layout_of_its_own()
    {
        var report = Parse(5, platform: SnpTestPlatform.Turin);
        Assert.Equal(SnpProduct.Turin, report.Product);
        Assert.Equal((1, 2, 3, 4, 0x51), ((int)report.ReportedTcb.Fmc!, report.ReportedTcb.BootLoader, report.ReportedTcb.Tee, report.ReportedTcb.Snp, report.ReportedTcb.Microcode));
        Assert.Equal("1", Field(report, "reported_tcb_parts.fmc"));
        Assert.Equal("5100000004030201", Field(report, "reported_tcb"));
    }

    [Fact]
    public void Milan_has_no_fmc()
    {
        var report = Parse();
        Assert.Equal((4, 0, 0x18, 0xdb), (report.ReportedTcb.BootLoader, report.ReportedTcb.Tee, report.ReportedTcb.Snp, report.ReportedTcb.Microcode));
        Assert.Null(report.ReportedTcb.Fmc);
        Assert.Null(Field(report, "reported_tcb_parts.fmc"));
        Assert.Equal("219", Field(report, "reported_tcb_parts.microcode"));
    }

    [Theory]
    [InlineData(0x19, false)]
    [InlineData(0x1a, true)]
    [InlineData(0x1b, false)]
    public void Only_turins_family_has_turins_layout(byte family, bool isTurin) =>
        Assert.Equal(isTurin, Parse(3, bytes => bytes[0x188] = family).ReportedTcb.Fmc is not null);

    [Theory]
    [InlineData(0x19, 0x00, "Milan")]
    [InlineData(0x19, 0x0f, "Milan")]
    [InlineData(0x19, 0x10, "Genoa")]
    [InlineData(0x19, 0x1f, "Genoa")]
    [InlineData(0x19, 0x20, null)]
    [InlineData(0x19, 0x9f, null)]
    [InlineData(0x19, 0xa0, "Genoa")]
    [InlineData(0x19, 0xaf, "Genoa")]
    [InlineData(0x19, 0xb0, null)]
    [InlineData(0x1a, 0x00, "Turin")]
    [InlineData(0x1a, 0x1f, "Turin")]
    [InlineData(0x1a, 0x50, null)]
    [InlineData(0x17, 0x31, null)]
    public void Cpuid_names_the_product_line(byte family, byte model, string? product) =>
        Assert.Equal(product, Field(Parse(3, bytes => (bytes[0x188], bytes[0x189]) = (family, model)), "product"));

    [Fact]
    public void A_report_of_version_2_names_no_processor_and_no_mitigations()
    {
        var report = Parse(2);
        Assert.Null(report.Cpuid);
        Assert.Null(report.Product);
        Assert.Null(report.LaunchMitigations);
        Assert.DoesNotContain(report.Fields, field => field.Name.StartsWith("cpuid", StringComparison.Ordinal) || field.Name == "product" || field.Name.Contains("mit_vector", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_later_version_uses_is_reserved_in_an_earlier_one()
    {
        Assert.Equal(["bytes 188h to 19fh"], Parse(2, bytes => bytes[0x188] = 0x19).ReservedNotZero);
        Assert.Equal(["bytes 1f8h to 29fh"], Parse(4, bytes => bytes[0x1f8] = 1).ReservedNotZero);
        Assert.Empty(Parse(5, bytes => bytes[0x1f8] = 1).ReservedNotZero);
    }

    [Theory]
    [InlineData(0x2a0 + 48, "bytes 2d0h to 2e7h")]
    [InlineData(0x2e8 + 48, "bytes 318h to 32fh")]
    [InlineData(0x330, "bytes 330h to 49fh")]
    [InlineData(0x49f, "bytes 330h to 49fh")]
    public void Bytes_behind_the_signature_must_be_zero_though_nothing_signs_them(int offset, string name)
    {
        var report = SnpReport.Parse(SnpTestPlatform.Milan.Report(after: bytes => bytes[offset] = 1));
        Assert.Equal([name], report.ReservedNotZero);
    }

    [Fact]
    public void Every_policy_bit_has_its_field()
    {
        var names = new (int Bit, string Name)[] { (16, "smt"), (17, "mbo17"), (18, "migrate_ma"), (19, "debug"), (20, "single_socket"), (21, "cxl_allow"), (22, "mem_aes256_xts"), (23, "rapl_dis"), (24, "ciphertext_hiding"), (25, "page_swap_disable") };
        foreach (var (bit, name) in names)
        {
            var report = Parse(3, bytes => BitConverter.TryWriteBytes(bytes.AsSpan(8), 1UL << bit));
            var set = report.Fields.Where(field => field.Name.StartsWith("policy_bits.", StringComparison.Ordinal) && !field.Name.Contains("abi", StringComparison.Ordinal) && field.Value == "1").Select(field => field.Name);
            Assert.Equal(["policy_bits." + name], set);
        }

        var abi = Parse(3, bytes => (bytes[8], bytes[9]) = (31, 2));
        Assert.Equal(("31", "2", "543"), (Field(abi, "policy_bits.abi_minor"), Field(abi, "policy_bits.abi_major"), Field(abi, "policy_bits.abi")));
    }

    [Fact]
    public void Every_platform_bit_has_its_field()
    {
        string[] names = ["smt", "tsme", "ecc", "rapl_dis", "ciphertext_hiding", "alias_check_complete", "iommu_write_safe", "tio"];
        foreach (var (bit, name) in names.Index())
        {
            var report = Parse(3, bytes => bytes[0x40] = (byte)(1 << bit));
            Assert.Equal(["platform_info_bits." + name], report.Fields.Where(field => field.Name.StartsWith("platform_info_bits.", StringComparison.Ordinal) && field.Value == "1").Select(field => field.Name));
        }
    }

    [Theory]
    [InlineData(0, "VCEK")]
    [InlineData(1, "VLEK")]
    [InlineData(2, "RESERVED-2")]
    [InlineData(7, "NONE")]
    public void Signing_keys_are_named(int key, string name) => Assert.Equal(name, Field(Parse(3, bytes => bytes[0x48] = (byte)(key << 2)), "signing_key"));

    [Fact]
    public void Mitigations_that_are_set_are_fields_of_their_own()
    {
        var report = Parse(5, bytes => (bytes[0x1f8], bytes[0x200], bytes[0x207]) = (0b101, 0b111, 0x80));
        Assert.Equal("0500000000000000", Field(report, "launch_mit_vector"));
        Assert.Equal("0700000000000080", Field(report, "current_mit_vector"));
        Assert.Equal(["launch_mit_vector_bits.0", "launch_mit_vector_bits.2"], report.Fields.Where(field => field.Name.StartsWith("launch_mit_vector_bits.", StringComparison.Ordinal)).Select(field => field.Name));
        Assert.Equal("1", Field(report, "current_mit_vector_bits.63"));
    }

    [Fact]
    public void No_field_has_two_values()
    {
        var names = Parse(5, bytes => bytes[0x1f8] = 0xff).Fields.Select(field => field.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.All(Parse(5).Fields, field => Assert.NotEmpty(field.Meaning));
    }

    [Fact]
    public void A_tcb_is_compared_part_by_part()
    {
        var low = new SnpTcb(0x0500_0000_0000_0203, SnpTcbLayout.Milan);
        Assert.True(low.IsAtMost(low));
        Assert.True(low.IsAtMost(low with { Value = 0x0500_0000_0000_0303 }));
        Assert.False((low with { Value = 0x0400_0000_0000_0403 }).IsAtMost(low));
        Assert.False(low.IsAtMost(low with { Value = 0x0400_0000_0000_0403 }));
        Assert.False(low.IsAtMost(low with { Layout = SnpTcbLayout.Turin }));
        Assert.True((low with { Value = 1UL << 16 }).HasReserved);
        Assert.False((low with { Value = 1UL << 16, Layout = SnpTcbLayout.Turin }).HasReserved);
        Assert.True((low with { Value = 1UL << 48, Layout = SnpTcbLayout.Turin }).HasReserved);
    }

    [Fact]
    public void Firmware_versions_order_as_numbers() => Assert.True(new SnpFirmwareVersion(1, 55, 29).Number > new SnpFirmwareVersion(1, 54, 200).Number);
}
