using System.Net.Sockets;
using System.Text;

namespace Amnion.Host.Qemu;

/// <summary>
/// Reads what a machine's console, or a program, prints, so that nothing ever blocks on it. The last bytes are kept until the enclave
/// serves, to say why a start failed; from then on nothing is kept, since what a program prints in trouble may hold anybody's text.
/// </summary>
sealed class OutputTail(Action<ReadOnlyMemory<byte>>? sink)
{
    /// <summary>Most bytes kept.</summary>
    internal const int MaxKept = 16 * 1024;

    const int MaxLines = 12;
    const int MaxLineLength = 200;

    readonly Lock _lock = new();
    readonly byte[] _kept = new byte[MaxKept];
    long _length;
    bool _closed;

    /// <summary>Reads to the end.</summary>
    internal async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                sink?.Invoke(buffer.AsMemory(0, read));
                Keep(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end is gone.
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

    /// <summary>The last lines, cut and cleaned for a message; empty where there is none.</summary>
    internal string LastLines()
    {
        byte[] bytes;
        lock (_lock)
        {
            var kept = (int)Math.Min(_length, MaxKept);
            bytes = new byte[kept];
            for (var i = 0; i < kept; i++)
            {
                bytes[i] = _kept[(_length - kept + i) % MaxKept];
            }
        }

        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', lines.TakeLast(MaxLines).Select(line => new string([.. line.Where(c => c is >= ' ' and <= '~').Take(MaxLineLength)])));
    }

    internal void Keep(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            foreach (var octet in data)
            {
                _kept[_length++ % MaxKept] = octet;
            }
        }
    }
}
