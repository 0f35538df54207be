using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Records.Vsock;

/// <summary>The process's one thread that waits for sockets: epoll(7), edge-triggered. It starts with the first socket and never blocks anything else.</summary>
[SupportedOSPlatform("linux")]
sealed unsafe class ReadinessPoller
{
    const int Batch = 64;
    const int OperationAdd = 1;
    const int OperationRemove = 2;

    static readonly Lazy<ReadinessPoller> s_shared = new(() => new ReadinessPoller());

    // struct epoll_event is packed on x86-64 only (linux/eventpoll.h, EPOLL_PACKED).
    static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    static readonly int s_entryLength = s_dataOffset + 8;

    readonly ConcurrentDictionary<ulong, PolledSocket> _sockets = new();
    readonly int _poller;
    ulong _lastId;

    ReadinessPoller()
    {
        _poller = VsockCalls.CreatePoller(VsockCalls.CloseOnExec);
        if (_poller < 0)
        {
            throw VsockCalls.Failure("No poller", Marshal.GetLastPInvokeError());
        }

        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "vsock" }.Start();
    }

    public static ReadinessPoller Shared => s_shared.Value;

    /// <summary>Sockets watched now.</summary>
    public int Count => _sockets.Count;

    /// <summary>Watches a socket; its first readiness is reported at once.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public ulong Add(PolledSocket socket)
    {
        // Identifiers are never used again: an event that was under way when its socket went meets nobody.
        var id = Interlocked.Increment(ref _lastId);
        var entry = stackalloc byte[16];
        var bytes = new Span<byte>(entry, 16);
        bytes.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, PolledSocket.Interest);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[s_dataOffset..], id);
        _sockets[id] = socket;
        if (VsockCalls.ControlPoller(_poller, OperationAdd, socket.Handle, entry) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            _sockets.TryRemove(id, out _);
            throw VsockCalls.Failure("The socket cannot be watched", error);
        }

        return id;
    }

    /// <summary>Stops watching. Closing alone would not: a child process may hold a copy of the descriptor.</summary>
    public void Remove(ulong id, VsockHandle handle)
    {
        if (_sockets.TryRemove(id, out _))
        {
            var unused = stackalloc byte[16];
            _ = VsockCalls.ControlPoller(_poller, OperationRemove, handle, unused);
        }
    }

    void Run()
    {
        var entries = stackalloc byte[Batch * 16];
        while (true)
        {
            // Fewer than none is a signal's interruption; nothing else can fail here.
            var count = VsockCalls.WaitPoller(_poller, entries, Batch, -1);
            for (var i = 0; i < count; i++)
            {
                var entry = new ReadOnlySpan<byte>(entries + (i * s_entryLength), s_entryLength);
                if (_sockets.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(entry[s_dataOffset..]), out var socket))
                {
                    socket.Happened(BinaryPrimitives.ReadUInt32LittleEndian(entry));
                }
            }
        }
    }
}
