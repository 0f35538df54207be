using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Amnion.Cli.Commands;
using Amnion.Cli.Enclaves;

namespace Amnion.Cli.Tests.Enclaves;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class EnclaveCommandTests : IDisposable
{
    const int Limit = 60_000;

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-enclave-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_holder_reads_back_the_order_it_is_given()
    {
        foreach (var order in (EnclaveOrder[])[new("a", "nitro", "/i/a.eif", 512L << 20, 2, [], 0, false), new("b_1", "qemu", "/i/b c.eif", 4096L << 20, 4, [2, 3, 6, 7], 42, true)])
        {
            var options = new EnclaveOptions();
            var command = new RootCommand { options.Image };
            foreach (var option in options.All)
            {
                command.Options.Add(option);
            }

            var parsed = command.Parse([.. EnclaveOptions.Arguments(order)]);
            Assert.Empty(parsed.Errors);
            var read = options.OrderOf(parsed);
            Assert.Equal(order.CpuIds, read.CpuIds);
            Assert.Equal(order, read with { CpuIds = order.CpuIds });
        }
    }

    [Theory]
    [InlineData("--cid", "3")]
    [InlineData("--cid", "4294967295")]
    [InlineData("--cid", "-1")]
    [InlineData("--platform", "local")]
    [InlineData("--name", "../x")]
    public void What_no_enclave_can_have_is_malformed(string option, string value)
    {
        var options = new EnclaveOptions();
        var command = new RootCommand { options.Image };
        foreach (var one in options.All)
        {
            command.Options.Add(one);
        }

        var parsed = command.Parse(option == "--platform" ? ["a.eif", option, value] : ["a.eif", "--platform", "nitro", option, value]);
        Assert.Equal(ExitCode.Malformed, Assert.Throws<CliException>(() => options.OrderOf(parsed)).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task On_a_machine_without_the_driver_the_program_says_what_is_missing()
    {
        if (File.Exists("/sys/module/nitro_enclaves/parameters/ne_cpus"))
        {
            Assert.Skip("this machine has the driver");
        }

        var (exit, said, error) = await RunAsync("enclave", "run", SampleImage.Write(_folder), "--platform", "nitro", "--json");
        Assert.Equal(ExitCode.Unsupported, exit);
        using var json = JsonDocument.Parse(said);
        Assert.Equal("AMN-HOST-0071", json.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("modprobe nitro_enclaves", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Too_little_memory_is_refused_with_the_arithmetic()
    {
        var (exit, _, error) = await RunAsync("enclave", "run", SampleImage.Write(_folder), "--platform", "qemu", "--memory", "64");
        Assert.Equal(ExitCode.Unsupported, exit);
        Assert.Contains("[AMN-HOST-0070]", error, StringComparison.Ordinal);
        Assert.Contains("program 200 + scratch 32 + kernel", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task An_image_for_another_processor_is_refused()
    {
        var (exit, _, error) = await RunAsync("enclave", "run", SampleImage.Write(_folder, "arm.eif", Amnion.Images.ImageArchitecture.Arm64), "--platform", "qemu");
        Assert.Equal(ExitCode.Unsupported, exit);
        Assert.Contains(CliCodes.ImageArchitecture, error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Nothing_runs_and_nothing_is_stopped_that_does_not_run()
    {
        Assert.Equal((0, "[]\n"), await RunAsync("enclave", "list", "--json") is var (exit, said, _) ? (exit, said) : default);
        Assert.Equal((0, "no enclave runs\n"), await RunAsync("enclave", "list") is var (exit2, said2, _) ? (exit2, said2) : default);
        Assert.Equal((0, "nothing was running\n"), await RunAsync("enclave", "stop", "--all") is var (exit3, said3, _) ? (exit3, said3) : default);
        foreach (var arguments in (string[][])[["enclave", "stop", "absent"], ["enclave", "console", "absent"]])
        {
            var (refused, _, error) = await RunAsync(arguments);
            Assert.Equal(ExitCode.Malformed, refused);
            Assert.Contains(CliCodes.EnclaveUnknown, error, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Malformed, (await RunAsync("enclave", "stop")).Exit);
        Assert.Equal(ExitCode.Malformed, (await RunAsync("enclave", "stop", "a", "--all")).Exit);
    }

    async Task<(int Exit, string Said, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "amnion.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AMNION_HOME"] = Path.Combine(_folder, "home") },
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said, await error);
    }
}
