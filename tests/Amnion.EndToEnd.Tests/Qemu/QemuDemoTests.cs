using System.Diagnostics;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>`amnion demo --platform qemu` as a person runs it, to its end and killed in the middle.</summary>
public sealed class QemuDemoTests
{
    const int Limit = 900_000;

    public QemuDemoTests() => QemuFiles.Require();

    [Fact(Timeout = Limit)]
    public async Task The_whole_demo_runs_and_every_attack_is_refused()
    {
        using var home = new TemporaryHome();
        var run = await CommandRun.RunAsync(EndToEnd.Dotnet, home.Path, [EndToEnd.CommandLine, "demo", "--platform", "qemu", "--json"], TimeSpan.FromMinutes(14), ("AMNION_ARTIFACTS", QemuFiles.Artifacts));
        Assert.True(run.Exit == 0, run.Output + run.Errors);
        Assert.Equal("qemu", run.Json.GetProperty("platform").GetString());
        Assert.True(run.Json.GetProperty("emulated").GetBoolean());
        Assert.All(run.Json.GetProperty("steps").EnumerateArray(), step => Assert.True(step.GetProperty("ok").GetBoolean()));
        Assert.Equal(7, run.Json.GetProperty("steps").GetArrayLength());
        Assert.NotEqual("", run.Json.GetProperty("answer").GetString());
        var tampers = run.Json.GetProperty("tampers").EnumerateArray().ToDictionary(tamper => tamper.GetProperty("name").GetString()!, tamper => (Refused: tamper.GetProperty("refused").GetBoolean(), Code: tamper.GetProperty("code").GetString()));
        Assert.All(tampers.Values, tamper => Assert.True(tamper.Refused));
        Assert.Equal(
            ["AMN-ENC-0034", "AMN-NITRO-0045", "AMN-ENC-0006", "AMN-NITRO-0041", "AMN-BUNDLE-0006", "AMN-ENC-0026"],
            tampers.Values.Select(tamper => tamper.Code));
    }

    [Fact(Timeout = Limit)]
    public async Task Killing_the_host_ends_the_machine()
    {
        using var home = new TemporaryHome();
        var start = new ProcessStartInfo(EndToEnd.Dotnet, [EndToEnd.CommandLine, "demo", "--platform", "qemu", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        EndToEnd.SetEnvironment(start, home.Path);
        start.Environment["AMNION_ARTIFACTS"] = QemuFiles.Artifacts;
        start.Environment["TMPDIR"] = home.Path;
        using var process = Process.Start(start)!;
        List<int> below = [];
        await Eventually.TrueAsync("QEMU and its back end run", TimeSpan.FromMinutes(2), () =>
        {
            Assert.False(process.HasExited);
            below = ProcessTree.Below(process.Id);
            return below.Count(id => File.Exists($"/proc/{id}/comm") && Name(id).StartsWith("qemu-system", StringComparison.Ordinal)) == 1 && below.Count == 2;
        });
        process.Kill();
        await process.WaitForExitAsync(EndToEnd.Cancellation);
        await Eventually.TrueAsync("both went with their host", TimeSpan.FromSeconds(20), () => !below.Exists(id => Directory.Exists($"/proc/{id}")));
    }

    static string Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
