using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Amnion.Records.Vsock;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Nitro;

/// <summary>The calls, made. Linux on x86-64 and arm64, glibc.</summary>
[SupportedOSPlatform("linux")]
sealed partial class LinuxNitroDriver : INitroDriver
{
    const int ReadWriteCloseOnExec = 2 | 0x80000;
    const int ProtectReadWrite = 1 | 2;
    const int PrivateAnonymousHuge = 0x02 | 0x20 | 0x40000;
    const int HugeShift = 26;
    const int BindStrictly = 2;

    const int Backlog = 8;

    // One word of a node mask: nodes 0 to 63.
    const int MaskBits = 64;

    static readonly long s_mbind = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 235 : 237;

    [StructLayout(LayoutKind.Sequential)]
    struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    public int Open() => Result(OpenFile(NitroIoctl.Device, ReadWriteCloseOnExec));

    public unsafe int Ioctl(int descriptor, uint request, Span<byte> argument)
    {
        fixed (byte* start = argument)
        {
            return Result(Control(descriptor, request, start));
        }
    }

    // MAP_HUGE_SHIFT: the page's size as a power of two, in the flags' upper bits.
    public long MapHugePage(long bytes)
    {
        var address = Map(0, (nuint)bytes, ProtectReadWrite, PrivateAnonymousHuge | (System.Numerics.BitOperations.Log2((ulong)bytes) << HugeShift), -1, 0);
        return address == -1 ? -Marshal.GetLastPInvokeError() : address;
    }

    public unsafe int Bind(long address, long bytes, int node)
    {
        const int InvalidArgument = 22;
        if (node is < 0 or >= MaskBits)
        {
            return -InvalidArgument;
        }

        // The kernel takes one bit less than it is told of.
        var mask = 1UL << node;
        return Result((int)SystemCall(s_mbind, (nint)address, (nint)bytes, BindStrictly, (nint)(&mask), MaskBits + 1, 0));
    }

    public unsafe int Read(SafeFileHandle file, long position, long address, int bytes) => Result((int)ReadAt(file, (void*)address, (nuint)bytes, position));

    public unsafe int Unmap(long address, long bytes) => Result(Unmap((void*)address, (nuint)bytes));

    public unsafe int Poll(int descriptor, int milliseconds)
    {
        var entry = new PollEntry { Descriptor = descriptor };
        var result = Result(Poll(&entry, 1, milliseconds));
        return result > 0 ? entry.Happened : result;
    }

    public int Close(int descriptor) => Result(CloseDescriptor(descriptor));

    public INitroListener Listen(uint port) => new Listener(VsockListener.Listen(new VsockAddress(VsockAddress.Any, port), Backlog));

    public async ValueTask<Stream> ConnectAsync(uint cid, uint port, CancellationToken cancellation) => await VsockStream.ConnectAsync(new VsockAddress(cid, port), cancellation).ConfigureAwait(false);

    static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    // Variadic in C; integer arguments travel in the same registers either way on Linux's x86-64 and arm64.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static unsafe partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static unsafe partial nint ReadAt(SafeFileHandle file, void* buffer, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, nint a, nint b, nint c, nint d, nint e, nint f);

    sealed class Listener(VsockListener listener) : INitroListener
    {
        public async ValueTask<(Stream Stream, uint Cid)> AcceptAsync(CancellationToken cancellation)
        {
            var stream = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
            return (stream, stream.Peer?.ContextId ?? VsockAddress.Any);
        }

        public void Dispose() => listener.Dispose();
    }
}
