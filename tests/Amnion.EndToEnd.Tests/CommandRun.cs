using System.Diagnostics;
using System.Text.Json;

namespace Amnion.EndToEnd.Tests;

/// <summary>One program run to its end: what it printed and its exit code.</summary>
sealed record CommandRun(int Exit, string Output, string Errors)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>The one JSON object of --json.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Runs the command line of this build.</summary>
    public static Task<CommandRun> AmnionAsync(string home, params string[] arguments) => RunAsync(EndToEnd.Dotnet, home, [EndToEnd.CommandLine, .. arguments]);

    /// <summary>Runs any program.</summary>
    public static Task<CommandRun> RunAsync(string program, string home, IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) =>
        RunAsync(program, home, arguments, Limit, environment);

    /// <summary>Runs any program, for so long at most.</summary>
    public static async Task<CommandRun> RunAsync(string program, string home, IReadOnlyList<string> arguments, TimeSpan most, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        EndToEnd.SetEnvironment(start, home);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(EndToEnd.Cancellation);
        limit.CancelAfter(most);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new CommandRun(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {most.TotalSeconds:0} s");
        }
    }
}
