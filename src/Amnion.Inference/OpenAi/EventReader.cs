using System.Security.Cryptography;

namespace Amnion.Inference.OpenAi;

/// <summary>
/// Reads server-sent events (HTML Living Standard §9.2.6) from a server that may be hostile: every size is limited, names other than "data" are
/// passed over, and only lines ended by LF or CRLF are lines. What was read is zeroed at disposal.
/// </summary>
sealed class EventReader(Stream stream, int maxEvent, long maxTotal) : IDisposable
{
    const int ReadLength = 16 * 1024;

    readonly byte[] _input = new byte[ReadLength];
    byte[] _line = new byte[1024];
    byte[] _data = new byte[1024];
    int _start;
    int _end;
    int _lineLength;
    int _dataLength;
    bool _hasData;
    bool _begun;
    long _total;

    /// <summary>The next event's data, valid until the next call; null where the stream ended between two events.</summary>
    /// <exception cref="WorkloadException">More than the limits.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation)
    {
        if (_hasData)
        {
            _hasData = false;
            _dataLength = 0;
        }

        while (true)
        {
            var ended = _input.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            Append(ref _line, ref _lineLength, _input.AsSpan(_start, ended < 0 ? _end - _start : ended));
            if (ended >= 0)
            {
                _start += ended + 1;
                if (TakeLine())
                {
                    return _data.AsMemory(0, _dataLength);
                }

                continue;
            }

            _start = 0;
            _end = await stream.ReadAsync(_input, cancellation).ConfigureAwait(false);
            _total += _end;
            if (_total > maxTotal)
            {
                throw WorkloadException.Violation();
            }

            // An event without the blank line that ends it is none (§9.2.6).
            if (_end == 0)
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_input);
        CryptographicOperations.ZeroMemory(_line);
        CryptographicOperations.ZeroMemory(_data);
    }

    /// <summary>True where the line ended an event that has data.</summary>
    bool TakeLine()
    {
        var line = _line.AsSpan(0, _lineLength);
        _lineLength = 0;
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        if (!_begun)
        {
            _begun = true;
            line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        }

        if (line.IsEmpty)
        {
            return _hasData;
        }

        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        if (name.SequenceEqual("error"u8))
        {
            // Not of the standard: how older llama-servers say that they failed.
            throw new WorkloadException(InferenceCodes.WorkloadFailed);
        }

        if (name.SequenceEqual("data"u8))
        {
            var value = colon < 0 ? [] : line[(colon + 1)..];
            if (_hasData)
            {
                Append(ref _data, ref _dataLength, "\n"u8);
            }

            Append(ref _data, ref _dataLength, value.StartsWith(" "u8) ? value[1..] : value);
            _hasData = true;
        }

        return false;
    }

    void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > maxEvent - length)
        {
            throw WorkloadException.Violation();
        }

        if (bytes.Length > buffer.Length - length)
        {
            var grown = new byte[Math.Max(2 * buffer.Length, length + bytes.Length)];
            buffer.AsSpan(0, length).CopyTo(grown);
            CryptographicOperations.ZeroMemory(buffer);
            buffer = grown;
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }
}
