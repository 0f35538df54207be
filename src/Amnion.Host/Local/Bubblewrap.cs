using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Amnion.Host.Local;

/// <summary>Finds bubblewrap and tries whether it can build the sandbox here.</summary>
[SupportedOSPlatform("linux")]
static class Bubblewrap
{
    /// <summary>First version with --size for tmpfs.</summary>
    static readonly Version Oldest = new(0, 7, 0);

    /// <summary>Most bytes read from its output.</summary>
    const int MaxOutput = 4096;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Absolute path, or null where it is not installed. Only system folders count: PATH could name anybody's.</summary>
    internal static string? Path { get; } = new[] { "/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap" }.FirstOrDefault(File.Exists);

    /// <summary>Null where bubblewrap can isolate a process on this machine, otherwise why not.</summary>
    internal static async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        if (Path is null)
        {
            return "bubblewrap is not installed";
        }

        var (status, output) = await RunAsync(["--version"], cancellation).ConfigureAwait(false);
        if (status != 0 || !Version.TryParse(output.Trim().Split(' ')[^1], out var version) || version < Oldest)
        {
            return $"bubblewrap {Oldest} or newer is needed";
        }

        // The same isolation as the enclave's, over the whole root; the program is bubblewrap itself, which is surely there.
        (status, output) = await RunAsync([.. SandboxProfile.Isolation, "--ro-bind", "/", "/", "--proc", "/proc", "--", Path, "--version"], cancellation).ConfigureAwait(false);
        return status == 0 ? null : $"bubblewrap cannot isolate here: {Line(output)}";
    }

    static async Task<(int Status, string Output)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var (ours, theirs) = Sandbox.SocketPair();
        using (ours)
        {
            SpawnedProcess process;
            using (theirs)
            {
                var fd = (int)theirs.DangerousGetHandle();
                process = await SpawnedProcess.StartAsync(Path!, ["bwrap", .. arguments], ["LANG=C"], [(fd, 1), (fd, 2)]).ConfigureAwait(false);
            }

            try
            {
                var buffer = new byte[MaxOutput];
                var length = 0;
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(TimeLimit);
                for (int read; length < buffer.Length && (read = await ours.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, limit.Token).ConfigureAwait(false)) > 0; length += read)
                {
                }

                return (await process.Exited.WaitAsync(limit.Token).ConfigureAwait(false), Encoding.UTF8.GetString(buffer, 0, length));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return (-1, "it did not end in time");
            }
            finally
            {
                process.Kill();
            }
        }
    }

    static string Line(string output)
    {
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "no reason given";
        return new string([.. line.Where(c => c is >= ' ' and <= '~').Take(200)]);
    }
}
