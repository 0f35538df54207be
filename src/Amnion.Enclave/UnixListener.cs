using System.Net.Sockets;

namespace Amnion.Enclave;

/// <summary>A listening Unix socket, opened here or inherited.</summary>
sealed class UnixListener(Socket socket) : IDisposable
{
    // A Unix socket refuses at once where the backlog is full, so it holds more than are served.
    const int Backlog = 2 * FrameServer.MaxConnections;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    /// <exception cref="ArgumentException">The path is none.</exception>
    public static UnixListener Open(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(Backlog);
            return new UnixListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes an inherited socket that listens already over.</summary>
    /// <exception cref="SocketException">It is no socket.</exception>
    public static UnixListener FromDescriptor(int descriptor) => new(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));

    /// <summary>The next connection.</summary>
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellation) => new NetworkStream(await socket.AcceptAsync(cancellation).ConfigureAwait(false), ownsSocket: true);

    public void Dispose() => socket.Dispose();
}
