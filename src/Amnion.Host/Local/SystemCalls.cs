using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>
/// System-call numbers of x86-64 Linux (arch/x86/entry/syscalls/syscall_64.tbl). Allowed is what the .NET runtime, OpenSSL, the
/// engine and the launcher of its worker use. Left out on purpose: ptrace, process_vm_*, process_madvise, pidfd_getfd, kcmp; the
/// mount family, pivot_root, chroot, setns, unshare; kexec, reboot, modules, swap; bpf, perf_event_open, userfaultfd, io_uring, aio;
/// keyctl and friends; personality; SysV IPC and POSIX queues; clock setting; identity changes; splice, tee, vmsplice; handles by
/// number; inotify and fanotify.
/// </summary>
static class SystemCalls
{
    internal const uint Ioctl = 16;
    internal const uint Socket = 41;
    internal const uint SocketPair = 53;
    internal const uint Clone = 56;
    internal const uint Clone3 = 435;

    /// <summary>Highest number this list judged: listns in Linux 6.19. Anything above is unknown, not refused.</summary>
    internal const uint NewestKnown = 470;

    /// <summary>Allowed whatever the arguments.</summary>
    internal static ImmutableArray<uint> Allowed { get; } =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, // read write open close stat fstat lstat poll lseek
        9, 10, 11, 12, // mmap mprotect munmap brk
        13, 14, 15, // rt_sigaction rt_sigprocmask rt_sigreturn
        17, 18, 19, 20, 21, 22, 23, 24, // pread64 pwrite64 readv writev access pipe select sched_yield
        25, 26, 27, 28, // mremap msync mincore madvise
        32, 33, 34, 35, 36, 37, 38, 39, 40, // dup dup2 pause nanosleep getitimer alarm setitimer getpid sendfile
        42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 54, 55, // connect accept send recv shutdown bind listen names socket options
        57, 58, 59, 60, 61, 62, 63, // fork vfork execve exit wait4 kill uname
        72, 73, 74, 75, 76, 77, 78, 79, 80, 81, // fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir
        82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 95, // rename mkdir rmdir creat link unlink symlink readlink chmod fchmod umask
        96, 97, 98, 99, 100, 102, 104, // gettimeofday getrlimit getrusage sysinfo times getuid getgid
        107, 108, 109, 110, 111, 112, 115, 118, 120, 121, 124, 125, // geteuid getegid setpgid getppid getpgrp setsid getgroups getres*id getpgid getsid capget
        126, 127, 128, 130, 131, // capset (to drop) rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
        137, 138, 140, 143, 145, 146, 147, // statfs fstatfs getpriority sched_getparam sched_getscheduler priority range
        149, 150, 151, 152, 157, 158, 160, // mlock munlock mlockall munlockall prctl arch_prctl setrlimit
        186, 187, 200, 201, 202, 203, 204, // gettid readahead tkill time futex sched_setaffinity sched_getaffinity
        213, 217, 218, 219, 221, // epoll_create getdents64 set_tid_address restart_syscall fadvise64
        222, 223, 224, 225, 226, 228, 229, 230, 231, 232, 233, 234, // timers clock_gettime clock_getres clock_nanosleep exit_group epoll tgkill
        237, 238, 239, 247, // mbind set_mempolicy get_mempolicy waitid
        257, 258, 262, 263, 264, 265, 266, 267, 268, 269, // openat mkdirat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat
        270, 271, 273, 274, 280, 281, 282, 283, 284, 285, 286, 287, // pselect6 ppoll robust lists utimensat epoll_pwait signalfd timerfd eventfd fallocate
        288, 289, 290, 291, 292, 293, 295, 296, 299, 302, 307, 309, // accept4 signalfd4 eventfd2 epoll_create1 dup3 pipe2 preadv pwritev recvmmsg prlimit64 sendmmsg getcpu
        316, 317, 318, 319, 322, 324, 325, 326, 327, 328, // renameat2 seccomp getrandom memfd_create execveat membarrier mlock2 copy_file_range preadv2 pwritev2
        329, 330, 331, 332, 334, // pkeys statx rseq
        424, 434, 436, 437, 439, 441, // pidfd_send_signal pidfd_open close_range openat2 faccessat2 epoll_pwait2
        444, 445, 446, 447, 449, // landlock memfd_secret futex_waitv
        452, 453, 454, 455, 456, 462, // fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue mseal
    ];
}
