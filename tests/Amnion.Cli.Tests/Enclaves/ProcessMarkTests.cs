using System.Diagnostics;
using Amnion.Cli.Enclaves;

namespace Amnion.Cli.Tests.Enclaves;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ProcessMarkTests
{
    static Process Sleeper()
    {
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", "echo ready; while :; do sleep 1; done"]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    [Fact]
    public void This_process_runs() => Assert.True(ProcessMark.Own.IsRunning && ProcessMark.Own.Id == Environment.ProcessId && ProcessMark.Own.Started > 0);

    [Fact]
    public async Task A_process_is_ended_once()
    {
        using var process = Sleeper();
        var mark = ProcessMark.Of(process.Id)!;
        Assert.True(mark.IsRunning);
        Assert.True(await mark.EndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(mark.IsRunning);
        Assert.False(await mark.EndAsync());
    }

    [Fact]
    public async Task A_number_that_another_process_has_now_is_left_alone()
    {
        using var process = Sleeper();
        try
        {
            var mark = ProcessMark.Of(process.Id)!;
            foreach (var stale in (ProcessMark[])[mark with { Started = mark.Started - 1 }, mark with { Boot = "another" }])
            {
                Assert.False(stale.IsRunning);
                Assert.False(await stale.EndAsync());
            }

            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void A_number_of_nobody_is_no_process()
    {
        Assert.Null(ProcessMark.Of(int.MaxValue));
        Assert.Null(ProcessMark.Of(-1));
    }
}
