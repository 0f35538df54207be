using Amnion.Cli.Deployment;
using Amnion.Host.Qemu;
using Amnion.Testing;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>What eng/qemu-suite.sh and `./amnion demo --platform qemu` build: QEMU, kernel, init and the image.</summary>
static class QemuFiles
{
    public static string Artifacts { get; } = Path.Combine(SharedData.Repository, "artifacts");

    public static string Image => Path.Combine(Artifacts, "image", "amnion.eif");

    /// <summary>An image whose engine is an unmodified llama-server, which eng/qemu-suite.sh builds.</summary>
    public static string WorkloadImage => Path.Combine(Artifacts, "image", "llama-server.eif");

    public static string Kernel => Path.Combine(Artifacts, "kernel", "x86_64", "bzImage");

    public static string Init => Path.Combine(Artifacts, "init", "x86_64", "init");

    public static QemuTools Tools { get; } = QemuTools.In(Path.Combine(Artifacts, "qemu"));

    static bool Asked => Environment.GetEnvironmentVariable("AMNION_QEMU") == "1";

    /// <summary>Why the tests under QEMU do not run here; null where they do.</summary>
    static string? Reason
    {
        get
        {
            if (!Asked && Environment.GetEnvironmentVariable("CI") == "true")
            {
                return "QEMU and a kernel take too long to build here; run eng/qemu-suite.sh, which sets AMNION_QEMU=1.";
            }

            List<string> missing = [.. Tools.Missing(), .. new[] { Kernel, Init, Image }.Where(path => !File.Exists(path))];
            return missing.Count == 0 ? null : $"'{string.Join("', '", missing)}' is absent; run eng/qemu-suite.sh, or ./amnion demo --platform qemu once.";
        }
    }

    public static bool Available => Reason is null && EndToEnd.HasProgram;

    public static bool WorkloadAvailable => Available && File.Exists(WorkloadImage);

    public static EnclaveTarget.Qemu Target(string? image = null) => new(image ?? Image, Tools);

    /// <summary>Skips the calling test where QEMU is not built, with the reason; fails it where it was asked for.</summary>
    public static void Require()
    {
        EndToEnd.RequireProgram();
        if (Reason is { } reason)
        {
            if (Asked)
            {
                Assert.Fail(reason);
            }

            Assert.Skip(reason);
        }
    }

    /// <summary>As above, and for the image with a foreign server.</summary>
    public static void RequireWorkload()
    {
        Require();
        if (!File.Exists(WorkloadImage))
        {
            Assert.Fail($"'{WorkloadImage}' is absent; run eng/qemu-suite.sh.");
        }
    }
}
