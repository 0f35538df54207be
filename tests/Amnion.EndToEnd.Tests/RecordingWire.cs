using System.Net;
using System.Net.Sockets;

namespace Amnion.EndToEnd.Tests;

/// <summary>A TCP forwarder in front of the relay that keeps every byte of both directions: what a capture on loopback shows.</summary>
sealed class RecordingWire : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly MemoryStream _bytes = new();
    readonly Lock _lock = new();
    readonly int _target;

    public RecordingWire(int target)
    {
        _target = target;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>Everything that passed.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes.ToArray();
            }
        }
    }

    public void Dispose() => _listener.Stop();

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    async Task ForwardAsync(TcpClient caller)
    {
        using (caller)
        {
            using var relay = new TcpClient { NoDelay = true };
            try
            {
                caller.NoDelay = true;
                await relay.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(PumpAsync(caller.GetStream(), relay.GetStream()), PumpAsync(relay.GetStream(), caller.GetStream()));
            }
            catch (SocketException)
            {
                // No relay: the caller sees a closed connection.
            }
        }
    }

    async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                lock (_lock)
                {
                    _bytes.Write(buffer, 0, read);
                }

                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One side is gone; the other is closed with it.
        }
    }
}
