using System.Runtime.InteropServices;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Confinement;

/// <summary>Limits that a worker sets on itself first of all. They are hard limits, and it has no capability to raise them.</summary>
static unsafe class SelfLimits
{
    /// <summary>Descriptors: the runtime's own, and two for each of its threads.</summary>
    public const ulong Descriptors = 128;

    public static readonly (int Resource, ulong Limit)[] All =
    [
        (Libc.RLIMIT_CORE, 0),
        (Libc.RLIMIT_FSIZE, 0),
        (Libc.RLIMIT_NOFILE, Descriptors),
        (Libc.RLIMIT_MEMLOCK, 0),
    ];

    /// <summary>Errno of the first limit refused, or 0.</summary>
    public static int ApplyLimits()
    {
        var pair = stackalloc ulong[2];
        foreach (var (resource, limit) in All)
        {
            pair[0] = limit;
            pair[1] = limit;
            if (Libc.ProcessLimit(0, resource, pair, null) != 0)
            {
                return Marshal.GetLastPInvokeError();
            }
        }

        return 0;
    }

    /// <summary>Errno, or 0: no core dump, and /proc/self belongs to root.</summary>
    public static int DenyDumps() =>
        Libc.ProcessControl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>True where another process has all these limits.</summary>
    public static bool Hold(int process)
    {
        var pair = stackalloc ulong[2];
        foreach (var (resource, limit) in All)
        {
            if (Libc.ProcessLimit(process, resource, null, pair) != 0 || pair[1] > limit)
            {
                return false;
            }
        }

        return true;
    }
}
