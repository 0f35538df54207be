using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Records.Vsock;

/// <summary>A listening stream socket: of AF_VSOCK where it is opened here, of any family where its descriptor was inherited. Linux only.</summary>
[SupportedOSPlatform("linux")]
public sealed class VsockListener : IDisposable
{
    readonly PolledSocket _socket;

    VsockListener(VsockHandle handle) => _socket = new PolledSocket(handle);

    /// <summary>Takes an inherited descriptor of a socket that listens already over, and makes it non-blocking.</summary>
    /// <exception cref="IOException">It is no socket, or cannot be watched.</exception>
    public static VsockListener FromDescriptor(int descriptor)
    {
        var handle = new VsockHandle(descriptor);
        var flags = VsockCalls.Control(handle, VsockCalls.GetFlags, 0);
        if (flags < 0 || VsockCalls.Control(handle, VsockCalls.SetFlags, flags | VsockCalls.NonBlocking) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw VsockCalls.Failure("The descriptor cannot be used", error);
        }

        return new VsockListener(handle);
    }

    /// <summary>Binds and listens.</summary>
    /// <param name="address">Context <see cref="VsockAddress.Any"/> for every one of this machine.</param>
    /// <param name="backlog">Connections that may wait.</param>
    /// <exception cref="IOException">The kernel has no vsock, or the port is taken.</exception>
    public static unsafe VsockListener Listen(VsockAddress address, int backlog)
    {
        var handle = new VsockHandle(VsockCalls.Socket(VsockCalls.FamilyVsock, VsockCalls.StreamType | VsockCalls.NonBlocking | VsockCalls.CloseOnExec, 0));
        var encoded = VsockCalls.Encode(address);
        fixed (byte* start = encoded)
        {
            if (handle.IsInvalid || VsockCalls.Bind(handle, start, (uint)encoded.Length) != 0 || VsockCalls.Listen(handle, backlog) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                handle.Dispose();
                throw VsockCalls.Failure($"Nothing can listen on {address}", error);
            }
        }

        return new VsockListener(handle);
    }

    /// <summary>The next connection.</summary>
    /// <exception cref="IOException">No descriptor is free, or the socket is broken; a later call may do better.</exception>
    /// <exception cref="ObjectDisposedException">The listener was disposed.</exception>
    public async ValueTask<VsockStream> AcceptAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = _socket.Input.Version;
            if (TryAccept() is { } stream)
            {
                return stream;
            }

            await _socket.Input.WaitAsync(seen, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Stops listening; connections accepted before go on.</summary>
    public void Dispose() => _socket.Dispose();

    unsafe VsockStream? TryAccept()
    {
        while (true)
        {
            var accepted = VsockCalls.Accept(_socket.Handle, null, null, VsockCalls.NonBlocking | VsockCalls.CloseOnExec);
            if (accepted >= 0)
            {
                return VsockStream.FromDescriptor(accepted);
            }

            var error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case VsockCalls.EINTR or VsockCalls.ECONNABORTED:
                    continue;
                case VsockCalls.EAGAIN:
                    return null;
                default:
                    throw VsockCalls.Failure("No connection can be accepted", error);
            }
        }
    }
}
