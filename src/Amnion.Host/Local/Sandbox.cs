using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Local;

/// <summary>Starts the staged program under bubblewrap, or without it where the caller accepts the missing layers.</summary>
[SupportedOSPlatform("linux")]
static class Sandbox
{
    internal const string Namespaces = "namespaces";
    internal const string Filesystem = "filesystem";
    internal const string Network = "network";
    internal const string Capabilities = "capabilities";
    internal const string Filter = "system-calls";
    internal const string CoreDumps = "core-dumps";

    static readonly ImmutableArray<string> AllLayers = [Namespaces, Filesystem, Network, Capabilities, Filter, CoreDumps];

    /// <summary>Every layer in force.</summary>
    internal static SandboxReport Complete { get; } = new([.. AllLayers.Select(name => new SandboxLayer(name, true, ""))]);

    /// <summary>Which layers this machine can give.</summary>
    internal static async Task<SandboxReport> ProbeAsync(CancellationToken cancellation)
    {
        var problem = await Bubblewrap.ProblemAsync(cancellation).ConfigureAwait(false);
        var filter = problem ?? (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? null : "the filter is written for x86-64");
        return new([.. AllLayers.Select(name => name switch
        {
            CoreDumps => new SandboxLayer(name, true, ""),
            Filter => new SandboxLayer(name, filter is null, filter ?? ""),
            _ => new SandboxLayer(name, problem is null, problem ?? ""),
        })]);
    }

    /// <summary>Starts the program.</summary>
    /// <param name="image">A staged image.</param>
    /// <param name="report">The layers to apply, from <see cref="ProbeAsync"/>.</param>
    /// <param name="nsm">The enclave's end of the NSM socket.</param>
    /// <param name="listener">A Unix socket that already listens.</param>
    /// <param name="errors">Where the program's standard output and error go.</param>
    internal static async Task<SpawnedProcess> StartAsync(EnclaveImage image, SandboxReport report, int nsm, int listener, int errors)
    {
        ForbidCoreDumps();
        var app = Path.Combine(image.Root!, "app");
        List<(int Source, int Target)> descriptors = [(errors, 1), (errors, 2), (nsm, SandboxProfile.NsmDescriptor), (listener, SandboxProfile.ListenDescriptor)];
        if (!report.Has(Filesystem))
        {
            var program = Path.Combine(app, EnclaveImage.ProgramName);
            return await SpawnedProcess.StartAsync(program, [program, .. SandboxProfile.ProgramArguments], SandboxProfile.Environment, descriptors).ConfigureAwait(false);
        }

        using var filter = report.Has(Filter) ? FilterFile() : null;
        if (filter is not null)
        {
            descriptors.Add(((int)filter.DangerousGetHandle(), SandboxProfile.FilterDescriptor));
        }

        var arguments = SandboxProfile.Arguments(app, Path.Combine(image.Root!, "lib"), filter is not null);
        return await SpawnedProcess.StartAsync(Bubblewrap.Path!, ["bwrap", .. arguments], SandboxProfile.Environment, descriptors).ConfigureAwait(false);
    }

    /// <summary>A connected pair of Unix stream sockets, both close-on-exec.</summary>
    internal static unsafe (Socket Ours, SafeSocketHandle Theirs) SocketPair()
    {
        var pair = stackalloc int[2];
        if (NativeMethods.SocketPair(NativeMethods.AfUnix, NativeMethods.SockStream | NativeMethods.SockCloexec, 0, pair) != 0)
        {
            throw new SandboxException(HostCodes.SpawnFailed, $"No socket pair: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        return (new Socket(new SafeSocketHandle(pair[0], ownsHandle: true)), new SafeSocketHandle(pair[1], ownsHandle: true));
    }

    // An anonymous file, read from its start by bubblewrap.
    internal static SafeFileHandle FilterFile()
    {
        var handle = new SafeFileHandle(NativeMethods.MemfdCreate("filter", NativeMethods.MfdCloexec), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw new SandboxException(HostCodes.SpawnFailed, $"No anonymous file: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        // Positional writes leave the descriptor's offset at 0, which bubblewrap shares.
        RandomAccess.Write(handle, SeccompFilter.Program.AsSpan(), 0);
        return handle;
    }

    // Limits are inherited. The host process itself holds the emulated security module's key, so it wants no core file either.
    static unsafe void ForbidCoreDumps()
    {
        var none = default(NativeMethods.Rlimit);
        if (NativeMethods.SetRlimit(NativeMethods.RlimitCore, &none) != 0)
        {
            throw new SandboxException(HostCodes.SpawnFailed, $"Core dumps cannot be turned off: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }
}
