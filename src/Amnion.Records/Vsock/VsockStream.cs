using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Records.Vsock;

/// <summary>
/// A connected stream socket as a <see cref="Stream"/>. Written for AF_VSOCK, which the BCL's Socket does not know (vsock(7)); it works
/// over a descriptor of any stream socket. One read and one write at a time, as of every stream; a cancelled read has taken nothing, a cancelled
/// write may have sent a part. Every failure of the connection is an <see cref="IOException"/>. Linux only.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class VsockStream : Stream
{
    readonly PolledSocket _socket;

    internal VsockStream(VsockHandle handle, VsockAddress? peer = null)
    {
        _socket = new PolledSocket(handle);
        Peer = peer;
    }

    /// <summary>Who connected, as the kernel vouches for it: of an accepted connection of AF_VSOCK; otherwise null.</summary>
    public VsockAddress? Peer { get; }

    /// <inheritdoc/>
    public override bool CanRead => !_socket.Handle.IsClosed;

    /// <inheritdoc/>
    public override bool CanWrite => !_socket.Handle.IsClosed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes an inherited descriptor of a connected stream socket over.</summary>
    /// <exception cref="IOException">It is no socket, or cannot be watched.</exception>
    public static VsockStream FromDescriptor(int descriptor) => new(new VsockHandle(descriptor));

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">The kernel has no vsock, nobody listens there, or the other side does not answer.</exception>
    public static Task<VsockStream> ConnectAsync(VsockAddress address, CancellationToken cancellation) =>
        ConnectAsync(VsockCalls.FamilyVsock, VsockCalls.Encode(address), cancellation);

    /// <summary>Says that nothing more is sent; reading goes on.</summary>
    /// <exception cref="IOException">The connection broke before.</exception>
    public void CompleteWriting()
    {
        if (VsockCalls.Shutdown(_socket.Handle, VsockCalls.ShutdownSend) != 0)
        {
            throw VsockCalls.Failure("The connection cannot be shut", Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var seen = _socket.Input.Version;
            if (TryReceive(buffer.Span, out var read))
            {
                return read;
            }

            await _socket.Input.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var seen = _socket.Output.Version;
            if (buffer.IsEmpty)
            {
                return;
            }

            if (TrySend(buffer.Span, out var sent))
            {
                buffer = buffer[sent..];
                continue;
            }

            await _socket.Output.WaitAsync(seen, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read;
        while (!TryReceive(buffer, out read))
        {
            Block(VsockCalls.PollIn);
        }

        return read;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (TrySend(buffer, out var sent))
            {
                buffer = buffer[sent..];
            }
            else
            {
                Block(VsockCalls.PollOut);
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Connects a socket of any family; the address is the C library's structure.</summary>
    internal static async Task<VsockStream> ConnectAsync(int family, byte[] address, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var handle = new VsockHandle(VsockCalls.Socket(family, VsockCalls.StreamType | VsockCalls.NonBlocking | VsockCalls.CloseOnExec, 0));
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw VsockCalls.Failure("No socket", error);
        }

        var underWay = false;
        try
        {
            underWay = Begin(handle, address);
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        var stream = new VsockStream(handle);
        try
        {
            while (underWay)
            {
                var seen = stream._socket.Output.Version;
                if (stream.IsDecided())
                {
                    break;
                }

                await stream._socket.Output.WaitAsync(seen, cancellation).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    // True where the answer is still to come. A connect that a signal interrupted goes on by itself: connect(2).
    static unsafe bool Begin(VsockHandle handle, byte[] address)
    {
        fixed (byte* start = address)
        {
            if (VsockCalls.Connect(handle, start, (uint)address.Length) == 0)
            {
                return false;
            }
        }

        var error = Marshal.GetLastPInvokeError();
        return error is VsockCalls.EINPROGRESS or VsockCalls.EINTR ? true : throw VsockCalls.Failure("The connection was refused", error);
    }

    // True where the connection stands; an exception where it does not and will not.
    unsafe bool IsDecided()
    {
        if (Ask(VsockCalls.PollOut, 0) == 0)
        {
            return false;
        }

        int error;
        uint length = sizeof(int);
        if (VsockCalls.GetOption(_socket.Handle, VsockCalls.SocketLevel, VsockCalls.SocketError, &error, &length) != 0)
        {
            error = Marshal.GetLastPInvokeError();
        }

        return error == 0 ? true : throw VsockCalls.Failure("The connection was refused", error);
    }

    // False where nothing waits yet. Zero bytes are the end of what the other side sends.
    unsafe bool TryReceive(Span<byte> buffer, out int read)
    {
        while (true)
        {
            fixed (byte* start = buffer)
            {
                var result = buffer.IsEmpty ? 0 : VsockCalls.Receive(_socket.Handle, start, (nuint)buffer.Length, VsockCalls.MessageNoWait);
                read = (int)Math.Max(0, result);
                if (result >= 0)
                {
                    return true;
                }
            }

            if (!Again("The connection broke while reading"))
            {
                return false;
            }
        }
    }

    // False where the other side takes nothing now.
    unsafe bool TrySend(ReadOnlySpan<byte> buffer, out int sent)
    {
        while (true)
        {
            fixed (byte* start = buffer)
            {
                var result = VsockCalls.Send(_socket.Handle, start, (nuint)buffer.Length, VsockCalls.MessageNoWait | VsockCalls.MessageNoSignal);
                sent = (int)Math.Max(0, result);
                if (result > 0)
                {
                    return true;
                }

                if (result == 0)
                {
                    return false;
                }
            }

            if (!Again("The connection broke while writing"))
            {
                return false;
            }
        }
    }

    // After a failed call: true to make it again at once, false to wait.
    static bool Again(string what) => Marshal.GetLastPInvokeError() switch
    {
        VsockCalls.EINTR => true,
        VsockCalls.EAGAIN => false,
        var error => throw VsockCalls.Failure(what, error),
    };

    void Block(short events)
    {
        while (Ask(events, -1) == 0)
        {
        }
    }

    // What happened of these events within the time; 0 for none, or where a signal came first.
    unsafe short Ask(short events, int milliseconds)
    {
        var held = false;
        try
        {
            _socket.Handle.DangerousAddRef(ref held);
            var entry = new VsockCalls.PollEntry { Descriptor = (int)_socket.Handle.DangerousGetHandle(), Events = events };
            return VsockCalls.Poll(&entry, 1, milliseconds) > 0 ? entry.Happened : (short)0;
        }
        finally
        {
            if (held)
            {
                _socket.Handle.DangerousRelease();
            }
        }
    }
}
