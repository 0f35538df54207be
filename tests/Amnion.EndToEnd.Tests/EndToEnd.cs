using System.Diagnostics;
using Amnion.Testing;

namespace Amnion.EndToEnd.Tests;

/// <summary>Where the published enclave program, the command line and the foreign clients are.</summary>
static class EndToEnd
{

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
    public static string Clients() => NodeFolder.Require("eng/clients", "openai");

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
}
