using System.Runtime.InteropServices;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Confinement;

/// <summary>
/// The worker's allow-list of system calls, seccomp(2). Everything else fails with EPERM: no file is opened, no process
/// started, no socket made, nobody traced. What is allowed is what the .NET runtime and the engine's threads do once
/// their libraries are loaded: memory, futexes, clocks, threads of this process, and the one socket to the parent.
/// Executable memory stays possible because the runtime compiles methods while it runs; a NativeAOT build could drop it.
/// </summary>
static unsafe class SeccompFilter
{
    const int SeccompX64 = 317;
    const int SetModeFilter = 1;
    const int GetActionAvailable = 2;
    const int FlagThreadSync = 1;

    /// <summary>Null where the filter can be installed, or why it cannot.</summary>
    public static string? WhyUnsupported()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "the filter is written for x86-64";
        }

        var action = SeccompProgram.Errno;
        return Libc.Syscall(SeccompX64, GetActionAvailable, 0, (nint)(&action), 0, 0) == 0
            ? null
            : $"seccomp filters are not available (errno {Marshal.GetLastPInvokeError()})";
    }

    /// <summary>
    /// Installs the filter on all threads of this process at once (SECCOMP_FILTER_FLAG_TSYNC): either every thread has it
    /// or none. 0, or the errno; a thread that could not be synchronised reads as EBUSY.
    /// </summary>
    /// <param name="socket">The one descriptor that may be sent to and received from.</param>
    public static int Install(int socket)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return Errno.ENOSYS;
        }

        if (Libc.ProcessControl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        var program = Build(socket, Environment.ProcessId);
        fixed (ulong* instructions = program)
        {
            // struct sock_fprog: u16 len, padding, pointer.
            var descriptor = stackalloc nint[2];
            descriptor[0] = program.Length;
            descriptor[1] = (nint)instructions;
            var result = Libc.Syscall(SeccompX64, SetModeFilter, FlagThreadSync, (nint)descriptor, 0, 0);
            return result switch
            {
                0 => 0,
                > 0 => Errno.EBUSY,
                _ => Marshal.GetLastPInvokeError(),
            };
        }
    }

    /// <summary>The filter's instructions, each a struct sock_filter.</summary>
    public static ulong[] Build(int socket, int process)
    {
        var program = new SeccompProgram();
        // The busiest first, for kernels without the allow bitmap (before 5.11).
        program.Allow(
            SystemCall.Futex, SystemCall.Read, SystemCall.Write, SystemCall.SchedYield, SystemCall.ClockGetTime, SystemCall.Madvise,
            SystemCall.Mmap, SystemCall.Munmap, SystemCall.Mprotect, SystemCall.Mremap, SystemCall.Brk, SystemCall.Mincore,
            SystemCall.RtSigaction, SystemCall.RtSigprocmask, SystemCall.RtSigreturn, SystemCall.Sigaltstack,
            SystemCall.Nanosleep, SystemCall.ClockNanosleep, SystemCall.ClockGetRes, SystemCall.RestartSyscall, SystemCall.Poll, SystemCall.Ppoll,
            SystemCall.GetPid, SystemCall.GetTid, SystemCall.GetUid, SystemCall.GetEuid, SystemCall.GetGid, SystemCall.GetEgid, SystemCall.GetCpu, SystemCall.GetRusage, SystemCall.SysInfo, SystemCall.Uname,
            SystemCall.SchedGetAffinity, SystemCall.SchedGetParam, SystemCall.SchedGetScheduler, SystemCall.SetRobustList, SystemCall.Rseq, SystemCall.Membarrier, SystemCall.GetRandom,
            SystemCall.Exit, SystemCall.ExitGroup,
            // Every thread of .NET makes itself a pipe.
            SystemCall.Pipe2,
            // Descriptors that are open already: the weights (read-only) and /dev/null.
            SystemCall.Close, SystemCall.Fstat, SystemCall.Lseek, SystemCall.Pread64, SystemCall.Fadvise64);
        program.AllowIfEqual(SystemCall.SendTo, 0, (uint)socket);
        program.AllowIfEqual(SystemCall.RecvFrom, 0, (uint)socket);
        // A signal only to a thread of this process: the collector's suspension, and abort().
        program.AllowIfEqual(SystemCall.Tgkill, 0, (uint)process);
        // A thread of .NET takes the process's affinity on itself when it starts, and does not start where it cannot.
        program.AllowIfEqual(SystemCall.SchedSetAffinity, 0, 0);
        // fstat(3) of glibc 2.33 and later is newfstatat with AT_EMPTY_PATH. A path can still be asked about, never opened.
        program.AllowIfAny(SystemCall.NewFstatat, 3, 0x1000);
        foreach (var command in new uint[] { 1 /* F_GETFD */, 3 /* F_GETFL */, Libc.F_GET_SEALS })
        {
            program.AllowIfEqual(SystemCall.Fcntl, 1, command);
        }

        foreach (var option in new uint[] { 15 /* PR_SET_NAME */, 0x53564d41 /* PR_SET_VMA */ })
        {
            program.AllowIfEqual(SystemCall.Prctl, 0, option);
        }

        // Reading limits only: glibc asks for the stack's size.
        program.AllowIfZero(SystemCall.Prlimit64, 2);
        // Threads of this process and nothing else. clone3 hides its flags in memory, so it does not exist here: glibc falls back.
        program.AllowThreadClone();
        program.Fail(SystemCall.Clone3, Errno.ENOSYS);
        return program.ToArray();
    }
}
