using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Amnion.Records.Frames;

/// <summary>Reads and writes frames over a stream. One reader and one writer at a time. Owns the stream.</summary>
public sealed class FrameStream(Stream stream) : IAsyncDisposable
{
    const int HeaderRead = 4096;

    // Payloads up to this are copied behind their header and leave in one write; a second write is cheaper than copying more.
    const int CopiedPayload = (16 * 1024) - FrameLimits.HeaderLength;

    byte[] _read = ArrayPool<byte>.Shared.Rent(HeaderRead);
    byte[] _write = ArrayPool<byte>.Shared.Rent(FrameLimits.HeaderLength + CopiedPayload);

    // What was read and not taken yet.
    int _start;
    int _end;

    /// <summary>The next frame, or null where the peer closed between frames.</summary>
    /// <exception cref="FrameFormatException">Unknown type, payload over its limit, or a frame cut short.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellation)
    {
        if (_end == _start)
        {
            _start = _end = 0;
        }

        // What comes with the header is kept: small frames then cost one read each, or less where several wait.
        var got = await FillAsync(FrameLimits.HeaderLength, HeaderRead, cancellation).ConfigureAwait(false);
        if (got == 0)
        {
            return null;
        }

        if (got < FrameLimits.HeaderLength)
        {
            throw new FrameFormatException("The connection ended inside a frame header.");
        }

        var type = (FrameType)_read[_start];
        var length = BinaryPrimitives.ReadUInt32BigEndian(_read.AsSpan(_start + 1));
        var limit = FrameLimits.Of(type);
        if (limit < 0 || length > limit)
        {
            throw new FrameFormatException($"Frame type {(byte)type} with {length} bytes is not accepted (limit {limit}).");
        }

        _start += FrameLimits.HeaderLength;
        if (await FillAsync((int)length, (int)length, cancellation).ConfigureAwait(false) < length)
        {
            throw new FrameFormatException("The connection ended inside a frame.");
        }

        var payload = _read.AsMemory(_start, (int)length);
        _start += (int)length;
        return new Frame(type, payload);
    }

    /// <summary>The next frame, which must be of one type.</summary>
    /// <exception cref="FrameFailedException">The peer answered <see cref="FrameType.Failed"/>; carries its code.</exception>
    /// <exception cref="FrameFormatException">Anything else, or the end of the connection.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ExpectAsync(FrameType type, CancellationToken cancellation)
    {
        var frame = await ReadAsync(cancellation).ConfigureAwait(false) ?? throw new FrameFormatException($"The connection ended; expected {type}.");
        if (frame.Type == FrameType.Failed)
        {
            throw new FrameFailedException(Encoding.ASCII.GetString(frame.Payload.Span));
        }

        return frame.Type == type ? frame.Payload : throw new FrameFormatException($"Got {frame.Type}; expected {type}.");
    }

    /// <summary>Writes one frame.</summary>
    /// <exception cref="ArgumentException">The payload is over the type's limit.</exception>
    public async ValueTask WriteAsync(FrameType type, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (payload.Length > FrameLimits.Of(type))
        {
            throw new ArgumentException($"{payload.Length} bytes are over the limit of {type}.", nameof(payload));
        }

        _write[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(_write.AsSpan(1), payload.Length);
        if (payload.Length > CopiedPayload)
        {
            await stream.WriteAsync(_write.AsMemory(0, FrameLimits.HeaderLength), cancellation).ConfigureAwait(false);
            await stream.WriteAsync(payload, cancellation).ConfigureAwait(false);
            return;
        }

        payload.CopyTo(_write.AsMemory(FrameLimits.HeaderLength));
        await stream.WriteAsync(_write.AsMemory(0, FrameLimits.HeaderLength + payload.Length), cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes <see cref="FrameType.Failed"/> with a code.</summary>
    public ValueTask FailAsync(string code, CancellationToken cancellation) => WriteAsync(FrameType.Failed, Encoding.ASCII.GetBytes(code), cancellation);

    /// <summary>Reads until at least <paramref name="least"/> bytes wait, and no more than <paramref name="most"/>; fewer where the connection ended. Returns how many wait.</summary>
    async ValueTask<int> FillAsync(int least, int most, CancellationToken cancellation)
    {
        var waiting = _end - _start;
        if (waiting >= least)
        {
            return waiting;
        }

        if (_read.Length - _start < most)
        {
            var room = _read.Length >= most ? _read : ArrayPool<byte>.Shared.Rent(most);
            _read.AsSpan(_start, waiting).CopyTo(room);
            if (room != _read)
            {
                ArrayPool<byte>.Shared.Return(_read, clearArray: true);
            }

            (_read, _start, _end) = (room, 0, waiting);
        }

        _end += await stream.ReadAtLeastAsync(_read.AsMemory(_end, most - waiting), least - waiting, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return _end - _start;
    }

    /// <summary>Closes the stream and clears the buffers.</summary>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        var (read, write) = (Interlocked.Exchange(ref _read, []), Interlocked.Exchange(ref _write, []));
        if (read.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(read, clearArray: true);
            ArrayPool<byte>.Shared.Return(write, clearArray: true);
        }
    }
}
