using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Amnion.Cli.Tests.EndorsementCollection;

/// <summary>An HTTP/1.1 server on the loopback that sends recorded answers, byte by byte as given, so that they can be cut, slow or wrong.</summary>
sealed class ReplayServer : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _answers = new(StringComparer.Ordinal);
    readonly CancellationTokenSource _stop = new();
    readonly Task _serving;

    public ReplayServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>First lines and headers of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Bodies of every POST, in order.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = [];

    /// <summary>Connections accepted.</summary>
    public int Connections { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _serving.Wait(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    /// <summary>Answers a path (with query) once with each of these, and then with the last of them again and again.</summary>
    public void On(string path, params byte[][] answers) => _answers[path] = new ConcurrentQueue<byte[]>(answers);

    /// <summary>A whole answer.</summary>
    public static byte[] Answer(int status, ReadOnlySpan<byte> body, params (string Name, string Value)[] headers) => Answer(status, body, body.Length, headers);

    /// <summary>An answer that announces another length than it has.</summary>
    public static byte[] Answer(int status, ReadOnlySpan<byte> body, long announced, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Recorded\r\nContent-Length: {announced}\r\nConnection: close\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                await AnswerAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed: while it waited, or between two connections, when the listener has stopped already.
        }
    }

    async Task AnswerAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            var head = await HeadAsync(stream);
            Requests.Enqueue(head);
            var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line[15..]) : 0;
            var body = new byte[length];
            await stream.ReadExactlyAsync(body, _stop.Token);
            if (length > 0)
            {
                Bodies.Enqueue(body);
            }

            var path = head.Split(' ')[1];
            if (!_answers.TryGetValue(path, out var answers))
            {
                await stream.WriteAsync(Answer(404, "not here"u8), _stop.Token);
                return;
            }

            var answer = answers.Count > 1 && answers.TryDequeue(out var next) ? next : answers.First();
            if (answer.Length == 0)
            {
                // A server that accepts and never speaks; the client's patience ends this.
                _ = await stream.ReadAsync(new byte[1], _stop.Token);
                return;
            }

            await stream.WriteAsync(answer, _stop.Token);
        }
        catch (IOException)
        {
        }
    }

    async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
