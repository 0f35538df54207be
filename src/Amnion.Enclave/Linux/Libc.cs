using System.Runtime.InteropServices;

namespace Amnion.Enclave.Linux;

/// <summary>The C library's calls that the BCL does not offer. Numbers are Linux's on x86-64 and arm64.</summary>
static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int PR_SET_DUMPABLE = 4;
    public const int RLIMIT_CORE = 4;
    public const int MCL_CURRENT = 1;
    public const int MCL_FUTURE = 2;
    public const int MCL_ONFAULT = 4;

    const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int ProcessLimit(int process, int resource, ulong* newLimit, ulong* oldLimit);

    [LibraryImport(Library, EntryPoint = "mlockall", SetLastError = true)]
    public static partial int LockMemory(int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    // Variadic in C; integer arguments travel in the same registers either way on Linux's x86-64 and arm64.
    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int DeviceControl(int descriptor, nuint request, void* argument);
}
