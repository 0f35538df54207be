using System.Net;
using System.Net.Sockets;

namespace Amnion.Inference.OpenAi;

/// <summary>
/// HTTP/1.1 to one port of 127.0.0.1 and to nothing else: no names, no proxy, no redirects, no cookies, no credentials, no decompression,
/// no trace headers. Every request has a connection of its own, closed with its answer, so that what a server sends too much on one
/// is never read as another's answer.
/// </summary>
static class LoopbackConnector
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static HttpMessageInvoker Create(int port) => new(
        new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, port, cancellation),
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = OpenAiLimits.HeaderKilobytes,
            MaxResponseDrainSize = 0,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PreAuthenticate = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        },
        disposeHandler: true);

    /// <summary>The address of a path of the server.</summary>
    public static Uri Address(int port, string path) => new($"http://127.0.0.1:{port.ToString(System.Globalization.CultureInfo.InvariantCulture)}{path}");

    static async ValueTask<Stream> ConnectAsync(DnsEndPoint wanted, int port, CancellationToken cancellation)
    {
        // The one address of this file asks for nothing else; whatever changes that must not get a connection.
        if (wanted.Host != "127.0.0.1" || wanted.Port != port)
        {
            throw new IOException("Only the workload's port on 127.0.0.1 is connected to.");
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
