using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Amnion.Records.Frames;

/// <summary>Reads and writes frames over a stream. One reader and one writer at a time. Owns the stream.</summary>
public sealed class FrameStream(Stream stream) : IAsyncDisposable
{
    byte[] _read = ArrayPool<byte>.Shared.Rent(4096);
    byte[] _write = ArrayPool<byte>.Shared.Rent(4096);

    /// <summary>The next frame, or null where the peer closed between frames.</summary>
    /// <exception cref="FrameFormatException">Unknown type, payload over its limit, or a frame cut short.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellation)
    {
        var got = await stream.ReadAtLeastAsync(_read.AsMemory(0, FrameLimits.HeaderLength), FrameLimits.HeaderLength, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (got == 0)
        {
            return null;
        }

        if (got < FrameLimits.HeaderLength)
        {
            throw new FrameFormatException("The connection ended inside a frame header.");
        }

        var type = (FrameType)_read[0];
        var length = BinaryPrimitives.ReadUInt32BigEndian(_read.AsSpan(1));
        var limit = FrameLimits.Of(type);
        if (limit < 0 || length > limit)
        {
            throw new FrameFormatException($"Frame type {(byte)type} with {length} bytes is not accepted (limit {limit}).");
        }

        if (_read.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_read, clearArray: true);
            _read = ArrayPool<byte>.Shared.Rent((int)length);
        }

        var payload = _read.AsMemory(0, (int)length);
        if (await stream.ReadAtLeastAsync(payload, (int)length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < length)
        {
            throw new FrameFormatException("The connection ended inside a frame.");
        }

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

    /// <summary>Writes one frame in one write.</summary>
    /// <exception cref="ArgumentException">The payload is over the type's limit.</exception>
    public async ValueTask WriteAsync(FrameType type, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (payload.Length > FrameLimits.Of(type))
        {
            throw new ArgumentException($"{payload.Length} bytes are over the limit of {type}.", nameof(payload));
        }

        var total = FrameLimits.HeaderLength + payload.Length;
        if (_write.Length < total)
        {
            ArrayPool<byte>.Shared.Return(_write, clearArray: true);
            _write = ArrayPool<byte>.Shared.Rent(total);
        }

        _write[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(_write.AsSpan(1), payload.Length);
        payload.CopyTo(_write.AsMemory(FrameLimits.HeaderLength));
        await stream.WriteAsync(_write.AsMemory(0, total), cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes <see cref="FrameType.Failed"/> with a code.</summary>
    public ValueTask FailAsync(string code, CancellationToken cancellation) => WriteAsync(FrameType.Failed, Encoding.ASCII.GetBytes(code), cancellation);

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
