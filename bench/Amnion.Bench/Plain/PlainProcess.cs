using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Bench.Plain;

/// <summary>The other end of <see cref="PlainProgram"/>.</summary>
sealed class PlainProcess : IDisposable
{
    readonly Process _process;

    PlainProcess(Process process) => _process = process;

    public static async Task<PlainProcess> StartAsync(string model, string engine, int sequences, int sequenceTokens)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(PlainProcess).Assembly.Location] : Array.Empty<string>(), PlainProgram.Name, model, engine, Text(sequences), Text(sequenceTokens), Text(Environment.ProcessorCount)];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var plain = new PlainProcess(Process.Start(start)!);
        if (await plain._process.StandardOutput.ReadLineAsync().ConfigureAwait(false) != "ready")
        {
            plain.Dispose();
            throw new BenchException("the plain engine did not start");
        }

        return plain;
    }

    public async Task<PlainResult> RunAsync(int streams, int repeats, string question, int maxTokens)
    {
        await _process.StandardInput.WriteLineAsync($"{Text(streams)} {Text(repeats)} {Text(maxTokens)} {question}").ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        return await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line
            ? JsonSerializer.Deserialize<PlainResult>(line)!
            : throw new BenchException("the plain engine ended");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
