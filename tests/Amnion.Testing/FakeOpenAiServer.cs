using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Amnion.Testing;

/// <summary>A server on loopback that says whatever its script says, byte by byte: well-behaved, or anything else.</summary>
public sealed class FakeOpenAiServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<Task> _connections = [];
    readonly Task _accepting;

    /// <summary>Listens at once.</summary>
    public FakeOpenAiServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What /health answers: a status.</summary>
    public Func<int> Health { get; set; } = static () => 200;

    /// <summary>What /v1/models answers: a status.</summary>
    public Func<int> Models { get; set; } = static () => 200;

    /// <summary>What a POST answers.</summary>
    public Func<FakeOpenAiRequest, NetworkStream, CancellationToken, Task> Answer { get; set; } = (_, stream, cancellation) => WriteAsync(stream, Chat("Hello", ", world."), cancellation);

    /// <summary>All POST requests so far.</summary>
    public ConcurrentQueue<FakeOpenAiRequest> Requests { get; } = new();

    /// <summary>Connections on which something was sent after a first request.</summary>
    public int Reused { get; private set; }

    /// <summary>Completes when a client closed its connection before the script was done.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers every POST with these bytes and then closes the connection.</summary>
    public void Say(string bytes) => Answer = (_, stream, cancellation) => WriteAsync(stream, bytes, cancellation);

    /// <summary>A whole response: chat chunks with these pieces, a finish reason, usage, and the end.</summary>
    public static string Chat(params string[] pieces) => Events(
    [
        """{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"id":"x","object":"chat.completion.chunk"}""",
        .. pieces.Select(piece => $$"""{"choices":[{"index":0,"delta":{"content":{{Quote(piece)}}},"finish_reason":null}]}"""),
        """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        """{"choices":[],"usage":{"prompt_tokens":14,"completion_tokens":5,"total_tokens":19}}""",
        "[DONE]",
    ]);

    /// <summary>A whole response: an event stream with these data.</summary>
    public static string Events(params string[] data) => Response("text/event-stream", string.Concat(data.Select(item => $"data: {item}\n\n")));

    /// <summary>A whole response with a length.</summary>
    public static string Response(string type, string body, int status = 200) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} x\r\nContent-Type: {type}\r\nContent-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>The beginning of a chunked event stream.</summary>
    public const string ChunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// <summary>One chunk.</summary>
    public static string Chunk(string content) => $"{Encoding.Latin1.GetByteCount(content):x}\r\n{content}\r\n";

    /// <summary>Writes characters as bytes.</summary>
    public static Task WriteAsync(NetworkStream stream, string bytes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), cancellation).AsTask();
    }

    /// <summary>Nobody listens any more.</summary>
    public void StopListening() => _listener.Stop();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections).ConfigureAwait(false);
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
        {
            using var left = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                var request = await ReadAsync(stream, _stop.Token).ConfigureAwait(false);
                if (request.Method == "GET")
                {
                    await WriteAsync(stream, Response("application/json", "{}", request.Path == "/health" ? Health() : Models()), _stop.Token).ConfigureAwait(false);
                    return;
                }

                Requests.Enqueue(request);
                var watching = WatchAsync(stream, left);
                try
                {
                    await Answer(request, stream, left.Token).ConfigureAwait(false);
                    socket.Shutdown(SocketShutdown.Send);
                }
                finally
                {
                    await left.CancelAsync().ConfigureAwait(false);
                    await watching.ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stop.IsCancellationRequested)
                {
                    Left.TrySetResult();
                }
            }
        }
    }

    async Task WatchAsync(NetworkStream stream, CancellationTokenSource left)
    {
        try
        {
            if (await stream.ReadAsync(new byte[1], left.Token).ConfigureAwait(false) > 0)
            {
                Reused++;
            }

            await left.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await left.CancelAsync().ConfigureAwait(false);
        }
    }

    static async Task<FakeOpenAiRequest> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var bytes = new List<byte>();
        var buffer = new byte[64 * 1024];
        var head = -1;
        var length = 0;
        string[] lines = [];
        while (head < 0 || bytes.Count < head + 4 + length)
        {
            var count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                throw new IOException("The client left.");
            }

            bytes.AddRange(buffer.AsSpan(0, count));
            head = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                lines = Encoding.Latin1.GetString([.. bytes[..head]]).Split("\r\n");
                length = lines.Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line[16..], CultureInfo.InvariantCulture)).FirstOrDefault();
            }
        }

        var words = lines[0].Split(' ');
        return new FakeOpenAiRequest(words[0], words[1], [.. lines[1..]], Encoding.UTF8.GetString([.. bytes[(head + 4)..]]));
    }

    static string Quote(string text) => $"\"{System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(text)}\"";
}
