using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Amnion.Testing;

/// <summary>An HTTP/1.1 server on loopback that does exactly what a test says, lies and broken connections included. One request per connection.</summary>
public sealed class RawHttpServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Func<RawExchange, Task> _handle;
    readonly Task _accepting;

    public RawHttpServer(Func<RawExchange, Task> handle)
    {
        _handle = handle;
        _listener.Start(128);
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public List<RawExchange> Seen { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new List<byte>();
                var one = new byte[1];
                while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
                {
                    await stream.ReadExactlyAsync(one, _stop.Token);
                    head.Add(one[0]);
                }

                var lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
                var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
                var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length) : 0];
                await stream.ReadExactlyAsync(body, _stop.Token);
                RawExchange exchange;
                lock (Seen)
                {
                    exchange = new RawExchange(Seen.Count, lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers, body, stream, _stop.Token);
                    Seen.Add(exchange);
                }

                await _handle(exchange);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The other end left.
            }
        }
    }
}
