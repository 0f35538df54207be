using System.Net.Sockets;
using System.Text;

namespace Amnion.Host.Local;

/// <summary>
/// Reads what a child prints so that it never blocks on it. The first bytes are kept until the enclave serves, to say why a
/// start failed; from then on everything is thrown away, since what a program prints in trouble may hold anybody's text.
/// </summary>
sealed class EnclaveErrors(Socket socket)
{
    const int MaxKept = 4096;
    const int MaxShown = 300;

    readonly Lock _lock = new();
    readonly byte[] _kept = new byte[MaxKept];
    int _length;
    bool _closed;

    /// <summary>Reads to the end.</summary>
    internal async Task DrainAsync()
    {
        var buffer = new byte[MaxKept];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                Keep(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The child is gone.
        }
    }

    /// <summary>Forgets what was kept and keeps nothing more.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _length = 0;
            Array.Clear(_kept);
        }
    }

    /// <summary>The first line, cut and cleaned for a message; empty where there is none.</summary>
    internal string FirstLine()
    {
        lock (_lock)
        {
            var text = Encoding.UTF8.GetString(_kept, 0, _length);
            var line = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
            return new string([.. line.Where(c => c is >= ' ' and <= '~').Take(MaxShown)]);
        }
    }

    void Keep(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                data = data[..Math.Min(data.Length, MaxKept - _length)];
                data.CopyTo(_kept.AsSpan(_length));
                _length += data.Length;
            }
        }
    }
}
