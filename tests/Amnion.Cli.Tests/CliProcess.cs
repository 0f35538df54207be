using System.Diagnostics;

namespace Amnion.Cli.Tests;

/// <summary>The command line as a process of its own, as users run it.</summary>
static class CliProcess
{
    /// <summary>What a command returned, what it wrote to stdout, and what it wrote to stderr.</summary>
    public static async Task<(int Exit, string Data, string Said)> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "amnion.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var data = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, data, await errors);
    }

    /// <summary>What a command without input returned, and all that it wrote.</summary>
    public static async Task<(int Exit, string Said)> RunAsync(string[] arguments)
    {
        var (exit, data, said) = await RunAsync(string.Empty, arguments);
        return (exit, data + said);
    }
}
