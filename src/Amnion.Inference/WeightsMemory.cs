using System.Runtime.InteropServices;
using Amnion.Inference.Linux;

namespace Amnion.Inference;

/// <summary>
/// The one copy of the weights: an anonymous memory file (memfd_create(2)) that is written once, sealed against every
/// change, and then mapped read-only by all workers. It has no name in any file system and is never swapped to a file.
/// </summary>
public sealed unsafe class WeightsMemory : IDisposable
{
    /// <summary>Largest model file: 1 TiB.</summary>
    public const long MaxLength = 1L << 40;

    const int Seals = Libc.F_SEAL_SEAL | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_WRITE;

    readonly Descriptor descriptor;
    readonly Lock gate = new();
    nint view;
    long written;

    WeightsMemory(Descriptor descriptor, nint view, long length)
    {
        this.descriptor = descriptor;
        this.view = view;
        Length = length;
    }

    /// <summary>Bytes of the model file.</summary>
    public long Length { get; }

    /// <summary>Everything that <see cref="Write"/> filled, or began to fill, stands before this offset.</summary>
    public long Written
    {
        get
        {
            lock (gate)
            {
                return written;
            }
        }
    }

    /// <summary>True once no process can change the bytes any more.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>The memory file. Workers get descriptors of their own from <see cref="OpenForWorker"/>.</summary>
    public SafeHandle Handle => descriptor;

    /// <summary>Allocates a memory file of a length in bytes and maps it writable.</summary>
    /// <exception cref="IOException">The kernel refused; the message has the call and its errno.</exception>
    public static WeightsMemory Create(long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        int created;
        fixed (byte* name = "weights\0"u8)
        {
            created = Libc.MemfdCreate(name, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
        }

        ThrowIfFailed(created, "memfd_create");
        var descriptor = new Descriptor(created);
        try
        {
            ThrowIfFailed(Libc.Truncate(created, length), "ftruncate");
            var view = Libc.Map(0, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, created, 0);
            ThrowIfFailed(view == -1 ? -1 : 0, "mmap");
            return new WeightsMemory(descriptor, view, length);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A writable window; several threads may fill different windows at once. Every window must be out of use before
    /// <see cref="Seal"/>: it unmaps them.
    /// </summary>
    /// <param name="offset">Where the window begins, in bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    public Span<byte> Window(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        var start = Volatile.Read(ref view);
        if (start == 0)
        {
            throw new InvalidOperationException("The weights are sealed or disposed; nothing can be written any more.");
        }

        return new Span<byte>((byte*)start + offset, length);
    }

    /// <summary>
    /// Writes bytes; several threads may write different parts at once, and none may after <see cref="Seal"/>. Filling the file this way
    /// takes half the processor time of filling windows, since no page of them is mapped and zeroed first.
    /// </summary>
    /// <param name="offset">Where they begin, in bytes.</param>
    /// <param name="bytes">What stands there from now on.</param>
    /// <exception cref="IOException">The kernel refused: the file is sealed, or no memory is left. The message has the call and its errno.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - bytes.Length);
        lock (gate)
        {
            written = Math.Max(written, offset + bytes.Length);
        }

        // Held open meanwhile: a number that was closed may be another file's by now.
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            fixed (byte* start = bytes)
            {
                for (nint done = 0; done < bytes.Length;)
                {
                    var count = Libc.WriteAt(descriptor.Value, start + done, (nuint)(bytes.Length - done), offset + done);
                    if (count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
                    {
                        continue;
                    }

                    ThrowIfFailed(count <= 0 ? -1 : 0, "pwrite");
                    done += count;
                }
            }
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Drops the writable mapping and seals the file: writing, growing, shrinking and unsealing fail from here on, for every process.</summary>
    public void Seal()
    {
        lock (gate)
        {
            if (IsSealed)
            {
                return;
            }

            ObjectDisposedException.ThrowIf(descriptor.IsClosed, this);
            Unmap();
            ThrowIfFailed(Libc.Control(descriptor.Value, Libc.F_ADD_SEALS, Seals), "fcntl(F_ADD_SEALS)");
            IsSealed = true;
        }
    }

    /// <summary>Unmaps and closes. Workers that have it mapped keep their mapping.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            Unmap();
            descriptor.Dispose();
        }
    }

    /// <summary>True where a descriptor is a memory file with all seals.</summary>
    internal static bool HasSeals(int descriptor)
    {
        var seals = Libc.Control(descriptor, Libc.F_GET_SEALS, 0);
        return seals >= 0 && (seals & Seals) == Seals;
    }

    /// <summary>A read-only descriptor with a file position of its own; workers that load at the same time must not share one.</summary>
    internal Descriptor OpenForWorker()
    {
        if (!IsSealed)
        {
            throw new InferenceException(InferenceCodes.WeightsNotSealed, "The weights must be sealed before a worker is started.");
        }

        ObjectDisposedException.ThrowIf(descriptor.IsClosed, this);
        var path = System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{descriptor.Value}\0");
        fixed (byte* start = path)
        {
            var opened = Libc.Open(start, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            ThrowIfFailed(opened, "open(/proc/self/fd)");
            return new Descriptor(opened);
        }
    }

    void Unmap()
    {
        var start = Interlocked.Exchange(ref view, 0);
        if (start != 0)
        {
            _ = Libc.Unmap(start, (nuint)Length);
        }
    }

    static void ThrowIfFailed(int result, string call)
    {
        if (result < 0)
        {
            throw new IOException($"{call} failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }
}
