using Microsoft.Win32.SafeHandles;

namespace Amnion.Host.Nitro;

/// <summary>
/// Everything that starting an enclave asks of the machine, call by call. Results are the kernel's own: not negative, or a negative error
/// number. The boundary is this low so that a test sees each number, size and structure that the driver would see.
/// </summary>
interface INitroDriver
{
    /// <summary>open(2) of <see cref="NitroIoctl.Device"/> for reading and writing: a descriptor.</summary>
    int Open();

    /// <summary>ioctl(2).</summary>
    /// <param name="descriptor">The device's or an enclave's.</param>
    /// <param name="request">One of <see cref="NitroIoctl"/>; its bits 16 to 29 say how long the argument is.</param>
    /// <param name="argument">Exactly that many bytes; changed where the command answers in it.</param>
    int Ioctl(int descriptor, uint request, Span<byte> argument);

    /// <summary>mmap(2) of one private, anonymous huge page: its address.</summary>
    /// <param name="bytes">2 MiB or 1 GiB.</param>
    long MapHugePage(long bytes);

    /// <summary>mbind(2), strictly to one NUMA node.</summary>
    int Bind(long address, long bytes, int node);

    /// <summary>
    /// pread(2) of a file straight into mapped memory: bytes read, 0 at the file's end. The kernel touches the pages, so a huge page that
    /// cannot be had is an error here and not a SIGBUS.
    /// </summary>
    int Read(SafeFileHandle file, long position, long address, int bytes);

    /// <summary>munmap(2).</summary>
    int Unmap(long address, long bytes);

    /// <summary>poll(2) of an enclave's descriptor: the events that came, 0 where none came in time.</summary>
    int Poll(int descriptor, int milliseconds);

    /// <summary>close(2). Of an enclave's descriptor: ends the enclave.</summary>
    int Close(int descriptor);

    /// <summary>Listens on a vsock port for connections from enclaves.</summary>
    /// <exception cref="IOException">It cannot, for example because somebody does already.</exception>
    INitroListener Listen(uint port);

    /// <summary>Connects to a vsock port.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    ValueTask<Stream> ConnectAsync(uint cid, uint port, CancellationToken cancellation);
}
