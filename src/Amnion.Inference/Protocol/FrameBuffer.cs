using System.Buffers.Binary;

namespace Amnion.Inference.Protocol;

/// <summary>
/// Bytes received and not yet used. A frame is a 32-bit little-endian length, one byte of type, and the payload; the length
/// counts type and payload. Taken bytes are zeroed: frames carry prompts and answers.
/// </summary>
sealed class FrameBuffer(int maxFrame)
{
    /// <summary>Length field and type.</summary>
    public const int Overhead = 5;

    /// <summary>Longest frame to the worker: a prompt, a grammar and the rest, each at its limit.</summary>
    public const int MaxToWorker = RequestLimits.PromptBytes + RequestLimits.GrammarBytes + (1 << 20);

    /// <summary>Longest frame from the worker: an embedding of <see cref="MaxEmbedding"/> floats.</summary>
    public const int MaxFromWorker = (4 * MaxEmbedding) + 1024;

    /// <summary>Floats in the longest embedding.</summary>
    public const int MaxEmbedding = 65536;

    const int InitialCapacity = 64 * 1024;

    byte[] bytes = new byte[InitialCapacity];
    int start;
    int end;

    /// <summary>Room to receive into; never empty. Follow with <see cref="Received"/>.</summary>
    public Span<byte> Room()
    {
        if (start == end)
        {
            start = end = 0;
        }

        if (end == bytes.Length)
        {
            MakeRoom();
        }

        return bytes.AsSpan(end);
    }

    /// <summary>Counts received bytes.</summary>
    public void Received(int count) => end += count;

    /// <summary>The next whole frame, valid until <see cref="Release"/>.</summary>
    public bool TryTake(out FrameType type, out ReadOnlySpan<byte> payload)
    {
        type = default;
        payload = default;
        if (end - start < Overhead)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(start));
        if (length < 1 || length > maxFrame)
        {
            throw new FrameFormatException(0, "length", $"{length} is not 1 to {maxFrame}");
        }

        if (end - start < 4 + (int)length)
        {
            return false;
        }

        type = (FrameType)bytes[start + 4];
        payload = bytes.AsSpan(start + Overhead, (int)length - 1);
        return true;
    }

    /// <summary>Zeroes and drops the frame that <see cref="TryTake"/> gave.</summary>
    public void Release(int payloadLength)
    {
        bytes.AsSpan(start, Overhead + payloadLength).Clear();
        start += Overhead + payloadLength;
    }

    void MakeRoom()
    {
        var length = end - start;
        var old = bytes;
        if (start < old.Length / 2)
        {
            bytes = new byte[Math.Min((long)old.Length * 2, 4L + maxFrame + InitialCapacity)];
        }

        old.AsSpan(start, length).CopyTo(bytes);
        if (ReferenceEquals(old, bytes))
        {
            bytes.AsSpan(length, end - length).Clear();
        }
        else
        {
            Array.Clear(old);
        }

        start = 0;
        end = length;
    }
}
