using System.Runtime.Versioning;

namespace Amnion.Records.Vsock;

/// <summary>A socket that the process's one poller watches, from here until it is disposed.</summary>
[SupportedOSPlatform("linux")]
sealed class PolledSocket : IDisposable
{
    const uint EventIn = 0x1;
    const uint EventOut = 0x4;
    const uint EventErrorOrHangUp = 0x8 | 0x10;
    const uint EventPeerShut = 0x2000;

    readonly ulong _id;
    int _disposed;

    /// <summary>Takes the handle over; it is closed where watching cannot begin.</summary>
    /// <exception cref="IOException">The kernel refused to watch it.</exception>
    public PolledSocket(VsockHandle handle)
    {
        Handle = handle;
        try
        {
            _id = ReadinessPoller.Shared.Add(this);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public VsockHandle Handle { get; }

    public Readiness Input { get; } = new();

    public Readiness Output { get; } = new();

    /// <summary>What is watched for: epoll_ctl(2). EPOLLIN, EPOLLOUT, EPOLLRDHUP, edge-triggered.</summary>
    public static uint Interest => EventIn | EventOut | EventPeerShut | 0x80000000;

    /// <summary>Called by the poller.</summary>
    public void Happened(uint events)
    {
        if ((events & (EventIn | EventPeerShut | EventErrorOrHangUp)) != 0)
        {
            Input.Signal();
        }

        if ((events & (EventOut | EventErrorOrHangUp)) != 0)
        {
            Output.Signal();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            ReadinessPoller.Shared.Remove(_id, Handle);
            Input.Close();
            Output.Close();
            Handle.Dispose();
        }
    }
}
