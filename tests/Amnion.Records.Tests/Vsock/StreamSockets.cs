using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Amnion.Records.Vsock;

namespace Amnion.Records.Tests.Vsock;

/// <summary>Stream sockets of the Unix family by descriptor, in place of vsock's: the machine's own /dev/vsock is never touched.</summary>
[SupportedOSPlatform("linux")]
static unsafe partial class StreamSockets
{
    public const int Unix = 1;

    public static (VsockStream Ours, VsockStream Theirs) Pair()
    {
        var pair = stackalloc int[2];
        Assert.Equal(0, SocketPair(Unix, 1 | 0x80000, 0, pair));
        return (VsockStream.FromDescriptor(pair[0]), VsockStream.FromDescriptor(pair[1]));
    }

    /// <summary>A listener, and the address to connect to. The name is in Linux's abstract space, so that nothing is left behind.</summary>
    public static (VsockListener Listener, byte[] Address) Listen(int backlog)
    {
        var name = Encoding.ASCII.GetBytes("amnion-test-" + RandomNumberGenerator.GetHexString(16));
        byte[] address = [Unix, 0, 0, .. name];
        var descriptor = OpenSocket(Unix, 1 | 0x80000, 0);
        fixed (byte* start = address)
        {
            Assert.Equal(0, BindSocket(descriptor, start, (uint)address.Length));
        }

        Assert.Equal(0, ListenOn(descriptor, backlog));
        return (VsockListener.FromDescriptor(descriptor), address);
    }

    public static int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    [LibraryImport("libc", EntryPoint = "socketpair")]
    private static partial int SocketPair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    private static partial int BindSocket(int descriptor, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen")]
    private static partial int ListenOn(int descriptor, int backlog);
}
