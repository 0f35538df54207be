using System.Diagnostics;
using System.Runtime.Versioning;
using Amnion.Cli.State;

namespace Amnion.Cli.Deployment;

/// <summary>Starts this program again as a process of its own session, waits until it is ready, and stops it by its process identifier.</summary>
[SupportedOSPlatform("linux")]
static class Daemons
{
    public const string Broker = "broker";
    public const string Host = "host";
    public const string Proxy = "proxy";

    /// <summary>In the order they are started; stopped in reverse.</summary>
    public static IReadOnlyList<string> All { get; } = [Broker, Host, Proxy];

    static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);

    /// <summary>Starts a daemon and waits for it.</summary>
    /// <exception cref="CliException">It failed, with the daemon's own reason, or did not become ready in time.</exception>
    public static async Task<DaemonState> StartAsync(AmnionHome home, string name, IReadOnlyList<string> arguments, TimeSpan limit, Action<string>? progress, CancellationToken cancellation)
    {
        DaemonState.Remove(home, name);
        DaemonFailure.Remove(home, name);
        var log = Path.Combine(home.Run, name + ".log");
        File.Delete(log);
        using var started = Process.Start(Detached(home, log, arguments)) ?? throw new CliException(ExitCode.Internal, $"the {name} could not be started", $"see {log}", CliCodes.NotReady);
        await started.WaitForExitAsync(cancellation).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        var shown = 0;
        while (clock.Elapsed < limit)
        {
            shown = Show(home, name, shown, progress);
            if (DaemonState.FindRunning(home, name) is { } state)
            {
                return state;
            }

            if (DaemonFailure.Find(home, name) is { } failure)
            {
                throw new CliException(failure.Exit, failure.Message, failure.Hint, failure.Code);
            }

            await Task.Delay(s_poll, cancellation).ConfigureAwait(false);
        }

        throw new CliException(ExitCode.Internal, $"the {name} did not become ready within {limit.TotalSeconds:0} s", $"see {log}", CliCodes.NotReady);
    }

    /// <summary>Asks a daemon to end, then ends it. True where it was running.</summary>
    public static async Task<bool> StopAsync(AmnionHome home, string name)
    {
        if (DaemonState.FindRunning(home, name) is not { } state)
        {
            DaemonState.Remove(home, name);
            return false;
        }

        using var process = Process.GetProcessById(state.ProcessId);
        using var signal = Process.Start("kill", ["-TERM", state.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var clock = Stopwatch.StartNew();
        while (state.IsRunning && clock.Elapsed < s_stopLimit)
        {
            await Task.Delay(s_poll).ConfigureAwait(false);
        }

        if (state.IsRunning)
        {
            process.Kill();
        }

        DaemonState.Remove(home, name);
        return true;
    }

    /// <summary>Where a daemon writes its steps, one line each.</summary>
    public static string ProgressOf(AmnionHome home, string name) => Path.Combine(home.Run, name + ".progress");

    static int Show(AmnionHome home, string name, int shown, Action<string>? progress)
    {
        if (progress is null || !File.Exists(ProgressOf(home, name)))
        {
            return shown;
        }

        var lines = File.ReadAllLines(ProgressOf(home, name));
        for (; shown < lines.Length; shown++)
        {
            progress(lines[shown]);
        }

        return shown;
    }

    // setsid makes the daemon outlive this terminal; the shell closes its input and gives it a log. Arguments pass as $@, never as text.
    static ProcessStartInfo Detached(AmnionHome home, string log, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("umask 077; log=$1; shift; setsid \"$@\" </dev/null >>\"$log\" 2>&1 &");
        start.ArgumentList.Add("amnion");
        start.ArgumentList.Add(log);
        start.ArgumentList.Add(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "amnion.dll"));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AMNION_HOME"] = home.Root;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }
}
