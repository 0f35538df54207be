using System.Diagnostics;
using System.Globalization;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>The program itself: Evidence from a pipe, and what ends a command that computes.</summary>
public sealed class VerifyProcessTests : IDisposable
{
    const int Limit = 60_000;

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-process-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task Evidence_is_read_from_a_pipe_once()
    {
        using var process = Start("verify", "/dev/stdin");
        await process.StandardInput.BaseStream.WriteAsync(File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), "nitro/oyster-2025-pcr16/doc.cbor")), TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Without a policy the verdict is a refusal; that the document was read at all is what counts here.
        Assert.Equal(ExitCode.Rejected, process.ExitCode);
        Assert.Contains("AMN-POLICY-0002", said, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_command_that_computes_ends_within_a_second_of_a_signal(string signal, int exit)
    {
        using var process = Start("conformance", SharedData.Folder("vectors/attestation"), "--only", "nitro", "--flip-bits", Path.Combine(_folder, "log"));

        // The first line is written once the work is known and begins.
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }

        Assert.Equal(exit, process.ExitCode);

        // One second by rule; more only for a machine that is busy with other tests.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    // A shell lets what it starts in the background ignore SIGINT, and everything below inherits that: `env` puts the signal back.
    static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "amnion.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
