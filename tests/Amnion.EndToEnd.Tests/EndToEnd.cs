using System.Diagnostics;
using Amnion.Testing;

namespace Amnion.EndToEnd.Tests;

/// <summary>Where the published enclave program, the command line and the foreign clients are.</summary>
static class EndToEnd
{
    static readonly Lazy<string?> s_clients = new(InstallClients);

    /// <summary>The enclave program's folder: AMNION_PROGRAM, or what the launcher built.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("AMNION_PROGRAM") is { Length: > 0 } named ? named : Path.Combine(SharedData.Repository, "artifacts", "enclave");

    /// <summary>The folder with the demo model.</summary>
    public static string Samples { get; } = Environment.GetEnvironmentVariable("AMNION_SAMPLES") is { Length: > 0 } named ? named : Path.Combine(SharedData.Repository, "samples");

    /// <summary>The plain demo model.</summary>
    public static string Weights => Path.Combine(Samples, "demo-model", "clinic-demo.gguf");

    public static bool HasProgram => Directory.Exists(Program) && File.Exists(Program.TrimEnd('/') + ".measurements.json");

    /// <summary>Where `dotnet` is that runs the command line built beside this test.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string CommandLine { get; } = Path.Combine(AppContext.BaseDirectory, "amnion.dll");

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the calling test where the enclave program was not published; fails it when CI=true.</summary>
    public static void RequireProgram()
    {
        if (!HasProgram)
        {
            Missing($"The published enclave program '{Program}' or its measurements are absent; start ./amnion once, or set AMNION_PROGRAM.");
        }
    }

    /// <summary>The folder of the npm clients, installed from their lock file on first use.</summary>
    public static string Clients()
    {
        if (s_clients.Value is { } problem)
        {
            Missing(problem);
        }

        return ClientsFolder;
    }

    public static void Missing(string message)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Skip(message);
    }

    /// <summary>What a child process of a test finds in its environment.</summary>
    public static void SetEnvironment(ProcessStartInfo start, string home)
    {
        start.Environment["AMNION_HOME"] = home;
        start.Environment["AMNION_PROGRAM"] = Program;
        start.Environment["AMNION_SAMPLES"] = Samples;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
    }

    static string ClientsFolder => Path.Combine(SharedData.Repository, "eng", "clients");

    static string? InstallClients()
    {
        if (Directory.Exists(Path.Combine(ClientsFolder, "node_modules", "openai")))
        {
            return null;
        }

        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = ClientsFolder })!;
            if (!npm.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                npm.Kill(entireProcessTree: true);
                return "npm ci in eng/clients took more than a minute.";
            }

            return npm.ExitCode == 0 ? null : "npm ci in eng/clients failed.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed; the npm client was not tried.";
        }
    }
}
