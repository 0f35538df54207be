using System.Net.Sockets;
using System.Text;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests;

/// <summary>Speaks frames over a Unix socket as the test says: each connection is handed over with its first frame.</summary>
sealed class FakeEnclave : IAsyncDisposable
{
    public const string EmptyTelemetry = """{"counters":{},"events":[],"format":"amnion/telemetry/1","state":4}""";

    readonly TemporaryDirectory _directory = new();
    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _connections = [];
    readonly Func<FrameStream, FrameType, byte[], CancellationToken, Task> _handle;
    readonly Task _accepting;

    public FakeEnclave(Func<FrameStream, FrameType, byte[], CancellationToken, Task> handle)
    {
        _handle = handle;
        SocketPath = _directory.Combine("enclave.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    public string SocketPath { get; }

    public EnclaveConnection Connect(TimeProvider? time = null) => EnclaveConnection.ToUnixSocket(SocketPath, time ?? TimeProvider.System);

    public EnclaveView View(EnclaveState state = EnclaveState.Ready) => new(state, Connect(), 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _directory.Dispose();
    }

    /// <summary>Reads a sealed request whose first frame was read already; returns its bytes.</summary>
    public static async Task<byte[]> ReadRequestAsync(FrameStream frames, FrameType first, byte[] payload, CancellationToken cancellation)
    {
        var request = new MemoryStream();
        var type = first;
        while (type == FrameType.RequestData)
        {
            request.Write(payload);
            var frame = (await frames.ReadAsync(cancellation))!.Value;
            (type, payload) = (frame.Type, frame.Payload.ToArray());
        }

        Assert.Equal(FrameType.RequestEnd, type);
        return request.ToArray();
    }

    public static ValueTask AnswerTelemetryAsync(FrameStream frames, CancellationToken cancellation) =>
        frames.WriteAsync(FrameType.Telemetry, Encoding.ASCII.GetBytes(EmptyTelemetry), cancellation);

    async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync(_stop.Token);
            _connections.Add(ServeAsync(socket));
        }
    }

    async Task ServeAsync(Socket socket)
    {
        await using var frames = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        if (await frames.ReadAsync(_stop.Token) is { } first)
        {
            await _handle(frames, first.Type, first.Payload.ToArray(), _stop.Token);
        }
    }
}
