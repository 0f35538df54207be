using System.Runtime.InteropServices;

namespace Amnion.Enclave.Linux;

/// <summary>What the process does to itself before it reads a byte: nothing of its memory may reach a file or another process.</summary>
static unsafe class ProcessHardening
{
    /// <summary>True where the process is undumpable and writes no core. Locking memory is best effort: it needs a privilege that a sandbox may withhold.</summary>
    public static bool Apply()
    {
        // The runtime's diagnostics open a socket that can dump the heap; the launcher has to switch them off before the start.
        var quiet = Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") == "0";
        var none = stackalloc ulong[] { 0, 0 };
        var hardened = Libc.ProcessControl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
            && Libc.ProcessLimit(0, Libc.RLIMIT_CORE, none, null) == 0;

        // On fault only: the runtime reserves far more address space than it uses.
        _ = Libc.LockMemory(Libc.MCL_CURRENT | Libc.MCL_FUTURE | Libc.MCL_ONFAULT);
        Marshal.SetLastPInvokeError(0);
        return hardened && quiet;
    }
}
