using System.Runtime.InteropServices;
using System.Text;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Confinement;

/// <summary>Landlock rulesets, landlock(7): what a process may do to files, TCP ports and other processes, dropped for good.</summary>
static unsafe class Landlock
{
    public const int NetworkVersion = 4;
    public const int ScopesVersion = 6;

    const int CreateRuleset = 444;
    const int AddRule = 445;
    const int RestrictSelf = 446;
    const int FlagVersion = 1;
    const int RulePathBeneath = 1;

    // include/uapi/linux/landlock.h, LANDLOCK_ACCESS_FS_*
    const ulong Execute = 1;
    const ulong ReadFile = 1 << 2;
    const ulong ReadDirectory = 1 << 3;

    /// <summary>The kernel's Landlock ABI, or 0 with the reason.</summary>
    public static int DetectVersion(out string? reason)
    {
        var version = (int)Libc.Syscall(CreateRuleset, 0, 0, FlagVersion, 0, 0);
        reason = version >= 1 ? null : $"Landlock is not available (errno {Marshal.GetLastPInvokeError()})";
        return Math.Max(version, 0);
    }

    /// <summary>
    /// A ruleset that handles everything the kernel's ABI knows and allows reading and executing beneath the paths. Paths
    /// that do not exist are left out.
    /// </summary>
    public static Descriptor Create(int version, IEnumerable<string> readablePaths)
    {
        var handledFiles = version switch
        {
            1 => 0x1FFFUL,
            2 => 0x3FFFUL,
            3 or 4 => 0x7FFFUL,
            _ => 0xFFFFUL,
        };
        var attributes = stackalloc ulong[3];
        attributes[0] = handledFiles;
        attributes[1] = version >= NetworkVersion ? 3UL : 0;
        attributes[2] = version >= ScopesVersion ? 3UL : 0;
        var size = version >= ScopesVersion ? 24 : version >= NetworkVersion ? 16 : 8;
        var ruleset = new Descriptor((int)Libc.Syscall(CreateRuleset, (nint)attributes, size, 0, 0, 0));
        if (ruleset.IsInvalid)
        {
            throw new IOException($"landlock_create_ruleset failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        foreach (var path in readablePaths.Distinct(StringComparer.Ordinal))
        {
            Allow(ruleset, path);
        }

        return ruleset;
    }

    /// <summary>Restricts the calling thread and what it starts. Allocates nothing. 0, or -1 with errno.</summary>
    public static int Restrict(int ruleset) => (int)Libc.Syscall(RestrictSelf, ruleset, 0, 0, 0, 0);

    static void Allow(Descriptor ruleset, string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path + '\0');
        int opened;
        fixed (byte* start = bytes)
        {
            opened = Libc.Open(start, Libc.O_PATH | Libc.O_CLOEXEC, 0);
        }

        if (opened < 0)
        {
            return;
        }

        using var parent = new Descriptor(opened);
        // struct landlock_path_beneath_attr is packed: u64 allowed_access, s32 parent_fd.
        var rule = stackalloc byte[12];
        *(ulong*)rule = Execute | ReadFile | (Directory.Exists(path) ? ReadDirectory : 0);
        *(int*)(rule + 8) = opened;
        if (Libc.Syscall(AddRule, ruleset.Value, RulePathBeneath, (nint)rule, 0, 0) != 0)
        {
            throw new IOException($"landlock_add_rule failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }
}
