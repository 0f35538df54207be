using System.Diagnostics;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>swtpm with tpm2-tools in a folder of its own: the independent implementation that quotes are compared with.</summary>
sealed class SoftwareTpm : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("amnion-swtpm-");
    readonly Process _tpm;

    public SoftwareTpm()
    {
        Directory.CreateDirectory(Path("state"));
        var start = new ProcessStartInfo("swtpm") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "socket", "--tpm2", "--tpmstate", "dir=" + Path("state"), "--ctrl", "type=unixio,path=" + Path("sock.ctrl"), "--server", "type=unixio,path=" + Path("sock"), "--flags", "not-need-init,startup-clear" })
        {
            start.ArgumentList.Add(argument);
        }

        _tpm = Process.Start(start)!;
        SpinWait.SpinUntil(() => File.Exists(Path("sock")) && File.Exists(Path("sock.ctrl")), s_limit);
    }

    /// <summary>Why the oracle cannot run here; null where it can.</summary>
    public static string? Missing { get; } = Find("swtpm", "tpm2_quote", "tpm2_checkquote") is { Length: > 0 } missing ? $"not installed: {missing} (Debian: apt-get install swtpm tpm2-tools)" : null;

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public byte[] Read(string name) => File.ReadAllBytes(Path(name));

    /// <summary>Runs a tool in the folder, which must succeed, and frees what it left in the TPM: a software TPM keeps three objects.</summary>
    public void Run(string command)
    {
        var (code, output) = Try(command);
        Assert.True(code == 0, $"{command}: {output}");
        _ = Try("tpm2_flushcontext -t");
    }

    /// <summary>Runs a tool in the folder.</summary>
    public (int Code, string Output) Try(string command)
    {
        var words = command.Split(' ');
        var start = new ProcessStartInfo(words[0]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TPM2TOOLS_TCTI"] = "swtpm:path=" + Path("sock");
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(s_limit), command);
        return (process.ExitCode, output + error.Result);
    }

    public void Dispose()
    {
        _tpm.Kill();
        _tpm.WaitForExit();
        _tpm.Dispose();
        _folder.Delete(recursive: true);
    }

    static string Find(params string[] programs) => string.Join(", ", programs.Where(program =>
        !(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(System.IO.Path.Combine(folder, program)))));
}
