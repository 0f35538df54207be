using System.Collections.Immutable;

namespace Amnion.Host.Local;

/// <summary>
/// System-call numbers of AArch64 Linux (include/uapi/asm-generic/unistd.h) for what <see cref="SystemCalls"/> allows on x86-64. What AArch64 never had (open,
/// stat, fork, pipe and their like) is done there by the newer calls, which are in both lists.
/// </summary>
static class Arm64SystemCalls
{
    internal const uint Ioctl = 29;
    internal const uint Socket = 198;
    internal const uint SocketPair = 199;
    internal const uint Clone = 220;

    /// <summary>Allowed whatever the arguments.</summary>
    internal static ImmutableArray<uint> Allowed { get; } =
    [
        17, 19, 20, 21, 22, 23, 24, 25, 32, // getcwd eventfd2 epoll_create1 epoll_ctl epoll_pwait dup dup3 fcntl flock
        34, 35, 36, 37, 38, 43, 44, 45, 46, 47, // mkdirat unlinkat symlinkat linkat renameat statfs fstatfs truncate ftruncate fallocate
        48, 49, 50, 52, 53, 56, 57, 59, // faccessat chdir fchdir fchmod fchmodat openat close pipe2
        61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, // getdents64 lseek read write readv writev pread64 pwrite64 preadv pwritev sendfile
        72, 73, 74, 78, 79, 80, 82, 83, // pselect6 ppoll signalfd4 readlinkat newfstatat fstat fsync fdatasync
        85, 86, 87, 88, // timerfd_create timerfd_settime timerfd_gettime utimensat
        90, 91, 93, 94, 95, 96, 98, 99, 100, // capget capset (to drop) exit exit_group waitid set_tid_address futex robust lists
        101, 102, 103, 107, 108, 109, 110, 111, 113, 114, 115, // nanosleep itimers timers clock_gettime clock_getres clock_nanosleep
        120, 121, 122, 123, 124, 125, 126, 128, 129, 130, 131, // scheduling queries and affinity sched_yield restart_syscall kill tkill tgkill
        132, 133, 134, 135, 136, 137, 139, 141, // sigaltstack rt_sig* getpriority
        148, 150, 153, 154, 155, 156, 157, 158, // getresuid getresgid times setpgid getpgid getsid setsid getgroups
        160, 163, 164, 165, 166, 167, 168, 169, // uname getrlimit setrlimit getrusage umask prctl getcpu gettimeofday
        172, 173, 174, 175, 176, 177, 178, 179, // getpid getppid getuid geteuid getgid getegid gettid sysinfo
        200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, // bind listen accept connect names send recv options shutdown
        213, 214, 215, 216, 221, 222, 223, // readahead brk munmap mremap execve mmap fadvise64
        226, 227, 228, 229, 230, 231, 232, 233, 235, 236, 237, // mprotect msync mlock munlock mlockall munlockall mincore madvise memory policies
        242, 243, 260, 261, 269, // accept4 recvmmsg wait4 prlimit64 sendmmsg
        276, 277, 278, 279, 281, 283, 284, 285, 286, 287, // renameat2 seccomp getrandom memfd_create execveat membarrier mlock2 copy_file_range preadv2 pwritev2
        288, 289, 290, 291, 293, // pkeys statx rseq
        424, 434, 436, 437, 439, 441, // pidfd_send_signal pidfd_open close_range openat2 faccessat2 epoll_pwait2
        444, 445, 446, 447, 449, // landlock memfd_secret futex_waitv
        452, 453, 454, 455, 456, 462, // fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue mseal
    ];
}
