using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Records.Vsock;

/// <summary>The C library's socket calls. Numbers are Linux's on x86-64 and arm64 (asm-generic).</summary>
[SupportedOSPlatform("linux")]
static unsafe partial class VsockCalls
{
    public const int FamilyVsock = 40;
    public const int StreamType = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int MessageNoWait = 0x40;
    public const int MessageNoSignal = 0x4000;
    public const int ShutdownSend = 1;
    public const int SocketLevel = 1;
    public const int SocketError = 4;
    public const int GetFlags = 3;
    public const int SetFlags = 4;
    public const short PollIn = 1;
    public const short PollOut = 4;

    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ECONNABORTED = 103;
    public const int EINPROGRESS = 115;

    /// <summary>Bytes of struct sockaddr_vm.</summary>
    public const int AddressLength = 16;

    const string Library = "libc";

    /// <summary>struct sockaddr_vm: family, 16 reserved bits, port, context, four zero bytes.</summary>
    public static byte[] Encode(VsockAddress address)
    {
        var bytes = new byte[AddressLength];
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, FamilyVsock);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), address.Port);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), address.ContextId);
            return bytes;
        }

        throw new PlatformNotSupportedException("AF_VSOCK is written for little-endian machines.");
    }

    /// <summary>The address in a struct sockaddr_vm; null where it is of another family.</summary>
    public static VsockAddress? Decode(ReadOnlySpan<byte> address) => address.Length == AddressLength && BinaryPrimitives.ReadUInt16LittleEndian(address) == FamilyVsock
        ? new VsockAddress(BinaryPrimitives.ReadUInt32LittleEndian(address[8..]), BinaryPrimitives.ReadUInt32LittleEndian(address[4..]))
        : null;

    /// <summary>The exception of a failed call.</summary>
    public static IOException Failure(string what, int error) => new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}.");

    /// <summary>Closes what is no handle yet.</summary>
    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    // Not as a handle: that would be read as 64 bits, of which a C int fills 32 only, and -1 would pass for a descriptor.
    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(VsockHandle socket, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(VsockHandle socket, int backlog);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(VsockHandle socket, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(VsockHandle socket, byte* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(VsockHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(VsockHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(VsockHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(VsockHandle socket, int level, int option, int* value, uint* length);

    // Variadic in C; integer arguments travel in the same registers either way on Linux's x86-64 and arm64.
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(VsockHandle socket, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoller(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlPoller(int poller, int operation, VsockHandle socket, byte* entry);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitPoller(int poller, byte* entries, int count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
