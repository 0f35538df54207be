using Amnion.Host.Nitro;

namespace Amnion.Host.Tests.Nitro;

public sealed class NitroErrorsTests
{
    // include/uapi/linux/nitro_enclaves.h
    static readonly string[] s_codes =
    [
        HostCodes.NitroCpuRefused, HostCodes.NitroCpuRefused, HostCodes.NitroCpuRefused,
        HostCodes.NitroMemoryRefused, HostCodes.NitroMemoryRefused, HostCodes.NitroMemoryRefused, HostCodes.NitroMemoryRefused, HostCodes.NitroMemoryRefused,
        HostCodes.NitroNumaNode, HostCodes.NitroTooManyRegions, HostCodes.NitroRefused, HostCodes.NitroRefused, HostCodes.NitroMemoryTooSmall, HostCodes.NitroHalfCores,
        HostCodes.NitroRefused, HostCodes.NitroCpuRefused, HostCodes.NitroPoolEmpty, HostCodes.NitroMemoryRefused, HostCodes.NitroRefused, HostCodes.NitroCidRefused,
    ];

    [Fact]
    public void Every_error_of_the_driver_has_words_of_its_own_and_something_to_do()
    {
        var errors = Enumerable.Range(256, 20).Select(error => NitroErrors.Of(NitroStep.SetMemory, -error)).ToList();
        Assert.Equal(s_codes, errors.Select(error => error.Code));
        Assert.Equal(20, errors.Select(error => error.Message.Split(". Failed")[0]).Distinct().Count());
        Assert.All(errors, error => Assert.True(error.Hint.Length > 10));
        Assert.Equal(Enumerable.Range(256, 20), errors.Select(error => error.Error));
    }

    [Theory]
    [InlineData(nameof(NitroStep.Open), 2, HostCodes.NitroNoDevice, "EnclaveOptions.Enabled=true")]
    [InlineData(nameof(NitroStep.Open), 19, HostCodes.NitroNoDevice, "modprobe nitro_enclaves")]
    [InlineData(nameof(NitroStep.Open), 13, HostCodes.NitroNotPermitted, "usermod -aG ne")]
    [InlineData(nameof(NitroStep.Allocate), 12, HostCodes.NitroHugePages, "memory_mib")]
    [InlineData(nameof(NitroStep.Copy), 14, HostCodes.NitroHugePages, "memory_mib")]
    [InlineData(nameof(NitroStep.SetMemory), 14, HostCodes.NitroHugePages, "memory_mib")]
    [InlineData(nameof(NitroStep.CreateVm), 272, HostCodes.NitroPoolEmpty, "cpu_count")]
    [InlineData(nameof(NitroStep.Start), 269, HostCodes.NitroHalfCores, "--cpu-ids")]
    [InlineData(nameof(NitroStep.Start), 110, HostCodes.NitroRefused, "dmesg")]
    public void The_hint_says_what_to_type(string step, int error, string code, string hint)
    {
        var exception = NitroErrors.Of(Enum.Parse<NitroStep>(step), -error, "the subject");
        Assert.Equal((code, error), (exception.Code, exception.Error));
        Assert.Contains(hint, exception.Hint, StringComparison.Ordinal);
        Assert.Contains("the subject", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_numbers_are_the_kernels() => Assert.Equal(
        [0x8008AE20, 0xC004AE21, 0xC010AE22, 0x4018AE23, 0xC010AE24],
        (uint[])[NitroIoctl.CreateVm, NitroIoctl.AddVcpu, NitroIoctl.GetImageLoadInfo, NitroIoctl.SetUserMemoryRegion, NitroIoctl.StartEnclave]);
}
