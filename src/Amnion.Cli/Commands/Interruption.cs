using System.CommandLine;
using System.Runtime.InteropServices;

namespace Amnion.Cli.Commands;

/// <summary>
/// SIGINT and SIGTERM: the command is told, and the process ends soon after whether it listens or not. One that computes never looks at a
/// cancellation token; the command line library would wait for it.
/// </summary>
static class Interruption
{
    /// <summary>What a shell reports for a process that a signal ended.</summary>
    const int SignalBase = 128;

    const int Sigint = 2;
    const int Sigterm = 15;

    /// <summary>Time to close what is open. Servers finish answers and stop the enclave; everything else has nothing to finish.</summary>
    static readonly TimeSpan s_server = TimeSpan.FromSeconds(2);

    static readonly TimeSpan s_other = TimeSpan.FromMilliseconds(500);

    static readonly string[] s_servers = ["serve", "hold", "proxy", "up", "demo"];

    /// <summary>Runs the command.</summary>
    /// <returns>The command's exit code; 130 or 143 where a signal ended it before it was done.</returns>
    public static async Task<int> RunAsync(ParseResult parsed)
    {
        using var source = new CancellationTokenSource();
        var forced = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var interrupted = 0;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var running = parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, source.Token);
        var ended = await (await Task.WhenAny(running, forced.Task).ConfigureAwait(false)).ConfigureAwait(false);

        // A server that was told to stop has done what it was asked; a command that broke off has not.
        return interrupted != 0 && ended == ExitCode.Internal ? interrupted : ended;

        void Stop(PosixSignalContext context)
        {
            // The second signal ends the process at once.
            var code = SignalBase + (context.Signal == PosixSignal.SIGINT ? Sigint : Sigterm);
            context.Cancel = Interlocked.CompareExchange(ref interrupted, code, 0) == 0;
            if (context.Cancel)
            {
                _ = ForceAsync(code);
                source.Cancel();
            }
        }

        async Task ForceAsync(int code)
        {
            await Task.Delay(IsServer(parsed) ? s_server : s_other, CancellationToken.None).ConfigureAwait(false);
            forced.TrySetResult(code);
        }
    }

    static bool IsServer(ParseResult parsed)
    {
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult { Command.Name: var name } && s_servers.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
