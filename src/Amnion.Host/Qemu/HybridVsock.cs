using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Amnion.Host.Qemu;

/// <summary>
/// The Unix sockets in which vhost-device-vsock shows a machine's vsock (Firecracker's "hybrid vsock"): to reach a port inside, connect
/// and name it; what the inside connects to arrives at the path with the port's number behind it. The machine's own /dev/vsock has no part in it.
/// </summary>
static class HybridVsock
{
    /// <summary>The byte that an enclave sends when it runs and wants back (aws-nitro-enclaves-sdk-bootstrap, init.c).</summary>
    internal const byte Heartbeat = 0xB7;

    /// <summary>"OK " and a port's digits, with room to spare.</summary>
    const int MaxAnswer = 32;

    /// <summary>How long the machine may take to accept a connection.</summary>
    internal static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Connects to a port inside.</summary>
    /// <exception cref="IOException">Nobody listens there, or nobody answers.</exception>
    /// <exception cref="SocketException">The back end is gone.</exception>
    internal static async ValueTask<Stream> ConnectAsync(string path, uint port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var stream = default(NetworkStream);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"CONNECT {port}\n")), limit.Token).ConfigureAwait(false);
            var answer = await ReadLineAsync(stream, limit.Token).ConfigureAwait(false);
            return answer.StartsWith("OK ", StringComparison.Ordinal) ? stream : throw new IOException($"The vsock back end did not connect to port {port}.");
        }
        catch (Exception e)
        {
            // boundary: whatever failed, the socket is closed; a time limit of this call is a connection that failed.
            stream?.Dispose();
            socket.Dispose();
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new IOException($"The machine did not accept a connection to port {port} in time.", e);
            }

            throw;
        }
    }

    /// <summary>Listens for what the inside connects to on a port of the host.</summary>
    internal static Socket Listen(string path, uint port)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(PathOf(path, port)));
            listener.Listen(4);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    internal static string PathOf(string path, uint port) => string.Create(CultureInfo.InvariantCulture, $"{path}_{port}");

    /// <summary>Answers heartbeats until the listener is disposed; <paramref name="beat"/> completes at the first.</summary>
    internal static async Task AnswerHeartbeatsAsync(Socket listener, TaskCompletionSource beat)
    {
        var octet = new byte[1];
        while (true)
        {
            try
            {
                using var connection = await listener.AcceptAsync().ConfigureAwait(false);
                using var limit = new CancellationTokenSource(ConnectLimit);
                if (await connection.ReceiveAsync(octet, SocketFlags.None, limit.Token).ConfigureAwait(false) == 1 && octet[0] == Heartbeat)
                {
                    beat.TrySetResult();
                    _ = await connection.SendAsync(octet, SocketFlags.None, limit.Token).ConfigureAwait(false);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // That one broke; the inside tries again or goes on without.
            }
        }
    }

    // One byte at a time: what follows the line belongs to the connection.
    static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var octet = new byte[1];
        while (line.Length < MaxAnswer && await stream.ReadAsync(octet, cancellation).ConfigureAwait(false) == 1)
        {
            if (octet[0] == '\n')
            {
                return line.ToString();
            }

            line.Append((char)octet[0]);
        }

        throw new IOException("The vsock back end closed the connection: nobody listens inside.");
    }
}
