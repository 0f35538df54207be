using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>What the reader of reports takes and refuses.</summary>
public sealed class NvidiaReportTests
{
    static byte[] Make(Action<ReportSpec>? change = null)
    {
        var spec = new ReportSpec();
        change?.Invoke(spec);
        return spec.Make(NvidiaPki.Spare(0));
    }

    static void Refuses(string field, Action<ReportSpec> change)
    {
        var bytes = Make(change);
        var exception = Assert.Throws<NvidiaFormatException>(() => NvidiaReport.Parse(bytes));
        Assert.Equal(field, exception.Field);
        Assert.Equal(NvidiaCodes.Malformed, exception.Code);
        Assert.InRange(exception.Offset, 0, bytes.Length);
        Assert.False(NvidiaReport.TryParse(bytes, out _));
    }

    [Fact]
    public void Reads_every_field_of_a_gpu_report()
    {
        var report = NvidiaReport.Parse(Make());
        Assert.Equal(NvidiaDeviceKind.Gpu, report.Kind);
        Assert.Equal("550.90.07", report.DriverVersion);
        Assert.Equal("96.00.9F.00.01", report.VbiosVersion);
        Assert.Equal(ReportSpec.Nonce, report.Nonce.ToArray());
        Assert.Equal(64, report.Measurements.Count);
        Assert.Equal(ReportSpec.Value(4), report.Measurements[5].Bytes.ToArray());
        Assert.Equal(NvidiaPki.Firmware, report.FirmwareId!.Value.ToArray());
        Assert.False(report.IsVideoDecoderOff);
        Assert.Equal("SPT", report.Mode);
        Assert.Equal(1UL, report.OpaqueVersion);
        Assert.Equal(0, report.PaddingLength);
        Assert.Equal("NV_GPU_DRIVER_GH100_550.90.07", NvidiaServices.DriverRimId(report));
        Assert.Equal("NV_GPU_VBIOS_1010_0200_882_96009F0001", NvidiaServices.VbiosRimId(report));
        Assert.Equal("https://rim.attestation.nvidia.com/v1/rim/NV_GPU_DRIVER_GH100_550.90.07", NvidiaServices.RimUrls(report)[0]);
        var fields = report.Fields.ToDictionary(field => field.Name, field => field.Value);
        Assert.Equal("255", fields["req.param2"]);
        Assert.Equal("b1030000", fields["opaque.BOARD_ID"]);
        Assert.Equal("1010", fields["opaque.PROJECT"]);
        Assert.Equal("64", fields["n_blocks"]);
    }

    [Fact]
    public void Reads_a_switch_report()
    {
        var report = NvidiaReport.Parse(ReportSpec.Switch().Make(NvidiaPki.Spare(0)));
        Assert.Equal(NvidiaDeviceKind.Switch, report.Kind);
        Assert.Null(report.DriverVersion);
        Assert.Equal("96.10.55.00.01", report.VbiosVersion);
        Assert.Equal(31, report.Measurements.Count);
        Assert.Null(NvidiaServices.DriverRimId(report));
        Assert.Equal("NV_SWITCH_BIOS_5612_0002_890_9610550001", NvidiaServices.VbiosRimId(report));
    }

    [Fact]
    public void Names_blackwell_manifests_by_their_own_scheme()
    {
        var report = NvidiaReport.Parse(Make(spec => spec.Set(6, [0x00, 0x88, 0x00, 0x97, 0x0f, 0, 0, 0])));
        Assert.Equal("97.00.88.00.0F", report.VbiosVersion);
        Assert.Equal("NV_GPU_CC_DRIVER_GB100_550.90.07", NvidiaServices.DriverRimId(report));
    }

    [Fact]
    public void Reads_opaque_data_with_a_header()
    {
        var report = NvidiaReport.Parse(Make(spec => spec.OpaqueHeader = [.. "NVDAOD"u8, 0, 0, 2, 1, 0, 0]));
        Assert.Equal(2UL, report.OpaqueVersion);
        Assert.Equal("550.90.07", report.DriverVersion);
    }

    [Fact]
    public void Refuses_every_truncation()
    {
        var bytes = Make();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(NvidiaReport.TryParse(bytes.AsSpan(0, length), out _), length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Takes_zero_padding_and_says_so() => Assert.Equal(3, NvidiaReport.Parse(Make(spec => spec.Tail = [0, 0, 0])).PaddingLength);

    [Fact]
    public void Refuses_other_bytes_after_the_signature() => Refuses("report", spec => spec.Tail = [0, 1]);

    [Fact]
    public void Refuses_a_report_longer_than_the_drivers_buffer() => Refuses("report", spec => spec.Tail = new byte[8192]);

    [Fact]
    public void Refuses_another_spdm_version_in_the_request() => Refuses("request.SPDMVersion", spec => spec.RequestVersion = 0x12);

    [Fact]
    public void Refuses_another_request() => Refuses("request.RequestResponseCode", spec => spec.RequestCode = 0xe1);

    [Fact]
    public void Refuses_another_spdm_version_in_the_response() => Refuses("response.SPDMVersion", spec => spec.ResponseVersion = 0x10);

    [Fact]
    public void Refuses_another_response() => Refuses("response.RequestResponseCode", spec => spec.ResponseCode = 0x7f);

    [Fact]
    public void Refuses_no_blocks() => Refuses("response.NumberOfBlocks", spec => spec.Blocks.Clear());

    [Fact]
    public void Refuses_too_many_blocks() => Refuses("response.NumberOfBlocks", spec => spec.Blocks.Add((65, 1, 1, new byte[48])));

    [Fact]
    public void Refuses_an_index_twice() => Refuses("MeasurementBlock.Index", spec => spec.Blocks[1] = spec.Blocks[1] with { Index = 1 });

    [Fact]
    public void Refuses_index_zero() => Refuses("MeasurementBlock.Index", spec => spec.Blocks[1] = spec.Blocks[1] with { Index = 0 });

    [Fact]
    public void Refuses_another_measurement_specification() => Refuses("MeasurementBlock.MeasurementSpecification", spec => spec.Blocks[1] = spec.Blocks[1] with { Specification = 2 });

    [Fact]
    public void Refuses_a_raw_measurement() => Refuses("MeasurementBlock.DMTFSpecMeasurementValueType", spec => spec.Blocks[1] = spec.Blocks[1] with { Type = 0x81 });

    [Fact]
    public void Refuses_a_measurement_of_another_length() => Refuses("MeasurementBlock.DMTFSpecMeasurementValueSize", spec => spec.Blocks[1] = spec.Blocks[1] with { Value = new byte[32] });

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Refuses_a_record_length_that_is_not_the_blocks(int shift) => Refuses("response.MeasurementRecordLength", spec => spec.RecordLengthShift = shift);

    [Fact]
    public void Refuses_opaque_data_beyond_the_limit() => Refuses("response.OpaqueLength", spec => spec.Set(26, new byte[1000]));

    [Fact]
    public void Refuses_an_opaque_type_twice() => Refuses("OpaqueData.BOARD_ID", spec => spec.Opaque.Add((14, [1, 2, 3, 4])));

    [Fact]
    public void Refuses_a_firmware_identifier_of_another_length() => Refuses("OpaqueData.FWID", spec => spec.Set(20, new byte[32]));

    [Fact]
    public void Refuses_the_invalid_type() => Refuses("OpaqueData.255", spec => spec.Set(255, [1]));

    [Fact]
    public void Refuses_another_opaque_profile() => Refuses("OpaqueData.Profile", spec => spec.OpaqueHeader = [.. "NVDAOD"u8, 1, 0, 1, 0, 0, 0]);

    [Fact]
    public void Refuses_an_opaque_entry_that_reaches_into_the_signature()
    {
        var bytes = Make();
        // The last entry is type 36 with two bytes: its length is 4 bytes before the signature.
        bytes[^(96 + 4)] = 3;
        Assert.Equal("OpaqueData.FEATURE_FLAG", Assert.Throws<NvidiaFormatException>(() => NvidiaReport.Parse(bytes)).Field);
    }

    [Fact]
    public void No_input_makes_the_reader_do_anything_but_refuse() => Fuzz.Run(31, [Make(), ReportSpec.Switch().Make(NvidiaPki.Spare(0)), Make(spec => spec.OpaqueHeader = [.. "NVDAOD"u8, 0, 0, 1, 0, 0, 0])], input =>
    {
        if (NvidiaReport.TryParse(input, out var report))
        {
            Assert.Equal(input.Length, report.SignedBytes.Length + report.Signature.Length + report.PaddingLength);
            Assert.InRange(report.Measurements.Count, 1, NvidiaReport.MaxBlocks);
            _ = report.Fields;
            _ = NvidiaServices.RimUrls(report);
        }
    });
}
