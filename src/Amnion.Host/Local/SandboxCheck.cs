using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Host.Local;

/// <summary>Looks at what this machine offers for the sandbox: what `amnion doctor` prints.</summary>
[SupportedOSPlatform("linux")]
public static class SandboxCheck
{
    const long CallLandlockCreateRuleset = 444;
    const long CallSeccomp = 317;
    const nint LandlockVersion = 1;
    const nint SeccompGetActionAvailable = 2;

    /// <summary>Locked memory that keys and small buffers need, bytes.</summary>
    const ulong WantedMemlock = 1024 * 1024;

    /// <summary>First kernel with Landlock's truncate and refer rules and close_range: what the worker's confinement uses.</summary>
    static readonly Version WantedKernel = new(5, 19);

    /// <summary>Runs every probe; starts bubblewrap once to see whether it can isolate.</summary>
    public static async Task<ImmutableArray<SandboxFinding>> RunAsync(CancellationToken cancellation)
    {
        var problem = await Bubblewrap.ProblemAsync(cancellation).ConfigureAwait(false);
        return
        [
            Kernel(),
            new("bubblewrap", Bubblewrap.Path is not null, Bubblewrap.Path ?? "not found", Bubblewrap.Path is null ? "install the package bubblewrap (apt-get install bubblewrap)" : ""),
            new("isolation", problem is null, problem ?? "user, process, mount, network and ipc namespaces work", problem is null ? "" : "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), or run outside a container"),
            Seccomp(),
            Landlock(),
            AnonymousFiles(),
            LockedMemory(),
        ];
    }

    /// <summary>Which layers of the enclave's sandbox this machine can give.</summary>
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public static Task<SandboxReport> LayersAsync(CancellationToken cancellation) => Sandbox.ProbeAsync(cancellation);

    static SandboxFinding Kernel()
    {
        var version = Environment.OSVersion.Version;
        var fine = OperatingSystem.IsLinux() && version >= WantedKernel;
        return new("kernel", fine, $"{Environment.OSVersion.Platform} {version.ToString(3)}", fine ? "" : $"Linux {WantedKernel} or newer is recommended");
    }

    static unsafe SandboxFinding Seccomp()
    {
        var action = SeccompFilter.KillProcess;
        var works = RuntimeInformation.ProcessArchitecture == Architecture.X64 && NativeMethods.SystemCall(CallSeccomp, SeccompGetActionAvailable, 0, (nint)(&action)) == 0;
        return new("system-call filter", works, works ? "available" : "not available", works ? "" : "needs a kernel with CONFIG_SECCOMP_FILTER on x86-64");
    }

    static SandboxFinding Landlock()
    {
        var version = NativeMethods.SystemCall(CallLandlockCreateRuleset, 0, 0, LandlockVersion);
        return version > 0
            ? new("landlock", true, $"ABI {version}", "")
            : new("landlock", false, "not available", "the engine's worker is then confined by namespaces and the system-call filter alone; enable it with lsm=landlock,… on the kernel's command line");
    }

    static SandboxFinding AnonymousFiles()
    {
        var fd = NativeMethods.MemfdCreate("probe", NativeMethods.MfdCloexec);
        if (fd >= 0)
        {
            _ = NativeMethods.Close(fd);
        }

        return new("anonymous files", fd >= 0, fd >= 0 ? "memfd_create works" : "memfd_create is refused", fd >= 0 ? "" : "weights are held in an anonymous file; allow memfd_create");
    }

    static unsafe SandboxFinding LockedMemory()
    {
        NativeMethods.Rlimit limit;
        var known = NativeMethods.GetRlimit(NativeMethods.RlimitMemlock, &limit) == 0;
        var fine = known && limit.Soft >= WantedMemlock;
        var detail = !known ? "unknown" : limit.Soft == ulong.MaxValue ? "unlimited" : string.Create(CultureInfo.InvariantCulture, $"{limit.Soft / 1024} KiB");
        return new("locked memory", fine, detail, fine ? "" : "raise it to 1 MiB or more (ulimit -l) so that keys are never swapped");
    }
}
