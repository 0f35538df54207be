using System.Runtime.InteropServices;

namespace Amnion.Inference.Linux;

/// <summary>One end of a connected pair of Unix stream sockets, used with blocking calls from dedicated threads.</summary>
sealed unsafe class UnixChannel(Descriptor descriptor) : IDisposable
{
    /// <summary>Nothing is there to read now.</summary>
    public const int WouldBlock = -1;

    public Descriptor Descriptor => descriptor;

    /// <summary>A pair of connected sockets, closed on exec.</summary>
    public static (Descriptor Near, Descriptor Far) CreatePair()
    {
        var pair = stackalloc int[2];
        if (Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) != 0)
        {
            throw new IOException($"socketpair failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        return (new Descriptor(pair[0]), new Descriptor(pair[1]));
    }

    /// <summary>Waits until something is there to read, or the other end is gone. False where the time passed first, or a signal came.</summary>
    public bool Wait(TimeSpan limit)
    {
        var poll = new PollDescriptor { Descriptor = descriptor.Value, Events = Libc.POLLIN };
        return Libc.Poll(&poll, 1, (int)limit.TotalMilliseconds) > 0;
    }

    /// <summary>Bytes read; 0 when the other end is closed or broken; <see cref="WouldBlock"/> where not waiting and nothing is there.</summary>
    public int Read(Span<byte> buffer, bool wait)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var read = Libc.Receive(descriptor.Value, start, (nuint)buffer.Length, wait ? 0 : Libc.MSG_DONTWAIT);
                if (read >= 0)
                {
                    return (int)read;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Libc.EINTR:
                        continue;
                    case Libc.EAGAIN:
                        return WouldBlock;
                    default:
                        return 0;
                }
            }
        }
    }

    /// <summary>Writes everything, waiting for room; false where the other end is gone.</summary>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                var count = Libc.Send(descriptor.Value, start + sent, (nuint)(bytes.Length - sent), Libc.MSG_NOSIGNAL);
                if (count > 0)
                {
                    sent += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() != Libc.EINTR)
                {
                    return false;
                }
            }
        }

        return true;
    }

    public void Dispose() => descriptor.Dispose();
}
