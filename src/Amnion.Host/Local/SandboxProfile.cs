using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Amnion.Attestation;

namespace Amnion.Host.Local;

/// <summary>How the enclave program is launched: bubblewrap's arguments, the environment, the descriptors. All of it is measured into register 1.</summary>
[SupportedOSPlatform("linux")]
static class SandboxProfile
{
    /// <summary>First line of the measured description; a change to what is launched changes the lines below it.</summary>
    internal const string Format = "amnion/local-sandbox/1";

    /// <summary>Descriptor of the connected socket that speaks the NSM protocol.</summary>
    internal const int NsmDescriptor = 3;

    /// <summary>Descriptor of the socket that listens for the host's connections.</summary>
    internal const int ListenDescriptor = 4;

    /// <summary>Descriptor from which bubblewrap reads the system-call filter; it closes it before it starts the program.</summary>
    internal const int FilterDescriptor = 5;

    /// <summary>Scratch space in memory, bytes; nothing is meant to be written.</summary>
    const int TemporaryLength = 16 * 1024 * 1024;

    /// <summary>The whole environment inside.</summary>
    internal static ImmutableArray<string> Environment { get; } =
    [
        "DOTNET_EnableDiagnostics=0", // no debugger, profiler or diagnostic socket
        "DOTNET_DbgEnableMiniDump=0",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
        "DOTNET_NOLOGO=1",
        "GGML_NO_BACKTRACE=1", // ggml_abort would start a debugger on itself
        "HOME=/tmp",
        "LANG=C.UTF-8",
        "PATH=",
        "TMPDIR=/tmp",
    ];

    /// <summary>The program's own arguments.</summary>
    internal static ImmutableArray<string> ProgramArguments { get; } =
        ["--nsm-fd", NsmDescriptor.ToString(CultureInfo.InvariantCulture), "--listen-fd", ListenDescriptor.ToString(CultureInfo.InvariantCulture), "--platform", AttestationPlatform.Local];

    /// <summary>bubblewrap's arguments, after its own name, with these folders in the places of "{app}" and "{lib}".</summary>
    internal static ImmutableArray<string> Arguments(string app, string lib, bool filter) =>
    [
        .. Isolation,
        "--ro-bind", app, "/app",
        "--ro-bind", lib, "/lib",
        "--symlink", "lib", "/lib64",
        "--proc", "/proc",
        "--dir", "/dev",
        "--dev-bind", "/dev/null", "/dev/null",
        "--dev-bind", "/dev/urandom", "/dev/urandom",
        "--size", TemporaryLength.ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp",
        "--remount-ro", "/",
        "--chdir", "/app",
        .. filter ? ["--seccomp", FilterDescriptor.ToString(CultureInfo.InvariantCulture)] : ImmutableArray<string>.Empty,
        "--", "/app/" + EnclaveImage.ProgramName, .. ProgramArguments,
    ];

    /// <summary>The part that separates the program from the machine; the probe uses the same.</summary>
    internal static ImmutableArray<string> Isolation { get; } =
    [
        "--unshare-user", "--uid", "65534", "--gid", "65534",
        "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup",
        "--hostname", "enclave",
        "--new-session",
        "--die-with-parent",
        "--cap-drop", "ALL",
    ];

    /// <summary>The measured description.</summary>
    internal static byte[] Describe(SandboxReport report, ImageListing libraries)
    {
        var text = new StringBuilder(Format).Append('\n');
        foreach (var layer in report.Layers)
        {
            text.Append(CultureInfo.InvariantCulture, $"layer {layer.Name} {(layer.Applied ? "applied" : "missing")}\n");
        }

        var contained = report.Has(Sandbox.Filesystem);
        foreach (var argument in contained ? Arguments("{app}", "{lib}", report.Has(Sandbox.Filter)) : ProgramArguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"argument {argument}\n");
        }

        foreach (var variable in Environment)
        {
            text.Append(CultureInfo.InvariantCulture, $"environment {variable}\n");
        }

        if (report.Has(Sandbox.Filter))
        {
            text.Append(CultureInfo.InvariantCulture, $"seccomp {SeccompFilter.Digest}\n");
        }

        // Without the read-only root the program takes whatever libraries the machine gives it: there is nothing to measure.
        return [.. Encoding.ASCII.GetBytes(text.ToString()), .. contained ? libraries.ToBytes() : []];
    }
}
