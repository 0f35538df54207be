using System.Diagnostics;
using Amnion.Cli.State;

namespace Amnion.EndToEnd.Tests;

/// <summary>One `amnion serve …` as a process of its own, which a test may kill.</summary>
sealed class ServedProcess : IAsyncDisposable
{
    static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    readonly Process _process;

    ServedProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public int Id => _process.Id;

    public Uri Url { get; }

    /// <summary>Starts it and waits until it serves. The shell becomes the program, so that its process id is the program's.</summary>
    public static async Task<ServedProcess> StartAsync(AmnionHome home, string name, params string[] arguments)
    {
        DaemonState.Remove(home, name);
        DaemonFailure.Remove(home, name);
        var log = Path.Combine(home.Run, name + ".log");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "amnion", log, EndToEnd.Dotnet, EndToEnd.CommandLine, "serve", name, .. arguments]);
        EndToEnd.SetEnvironment(start, home.Root);
        var process = Process.Start(start)!;
        try
        {
            await Eventually.TrueAsync($"the {name} is ready", ReadyLimit, () =>
            {
                var failure = DaemonFailure.Find(home, name);
                Assert.True(failure is null, $"{name}: {failure?.Code} {failure?.Message}");
                Assert.False(process.HasExited, $"the {name} ended: {(process.HasExited ? File.ReadAllText(log) : "")}");
                return DaemonState.FindRunning(home, name)?.ProcessId == process.Id;
            });
            return new ServedProcess(process, DaemonState.Find(home, name)!.Url);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(EndToEnd.Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
