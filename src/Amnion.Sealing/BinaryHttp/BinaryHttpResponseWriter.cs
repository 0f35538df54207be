using System.Buffers;
using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>
/// Writes a response as it is made, in indeterminate-length form (RFC 9292 §3.2). Each call returns the bytes to seal next.
/// Not thread-safe; one per response.
/// </summary>
public sealed class BinaryHttpResponseWriter
{
    State _state;
    long _written;

    enum State
    {
        Start,
        AfterInformational,
        Content,
        Ended,
    }

    /// <summary>The status and headers. Informational ones, 100 to 199, may come before the final one.</summary>
    /// <exception cref="ArgumentException">The status or a field is not valid HTTP or exceeds a limit.</exception>
    public byte[] WriteHead(int status, ImmutableArray<HttpField> headers)
    {
        if (_state > State.AfterInformational)
        {
            throw new InvalidOperationException("The final status is already written.");
        }

        var head = new ArrayBufferWriter<byte>();
        if (_state == State.Start)
        {
            BinaryHttpWriter.WriteInteger(head, BinaryHttpFields.IndeterminateResponse);
        }

        BinaryHttpWriter.WriteStatus(head, status, lowest: 100);
        BinaryHttpWriter.WriteIndeterminateFields(head, headers);
        _state = status < 200 ? State.AfterInformational : State.Content;
        return Count(head.WrittenSpan.ToArray());
    }

    /// <summary>The next piece of content. Nothing is returned for an empty piece: a chunk of length zero would end the content.</summary>
    public byte[] WriteContent(ReadOnlySpan<byte> content)
    {
        RequireContent();
        if (content.IsEmpty)
        {
            return [];
        }

        var length = VarInt.LengthOf((ulong)content.Length);
        var chunk = new byte[checked(length + content.Length)];
        VarInt.Write(chunk, (ulong)content.Length);
        content.CopyTo(chunk.AsSpan(length));
        return Count(chunk);
    }

    /// <summary>The end: content terminator, trailers, and zero padding that brings the whole message to one of <see cref="PaddingBuckets"/>.</summary>
    /// <exception cref="ArgumentException">A field is not valid HTTP or exceeds a limit.</exception>
    public byte[] WriteEnd(ImmutableArray<HttpField> trailers = default)
    {
        RequireContent();
        var end = new ArrayBufferWriter<byte>();
        BinaryHttpWriter.WriteInteger(end, 0);
        BinaryHttpWriter.WriteIndeterminateFields(end, trailers);
        _state = State.Ended;
        var padding = PaddingBuckets.PaddingOf(_written + end.WrittenCount);
        return Count([.. end.WrittenSpan, .. new byte[padding]]);
    }

    void RequireContent()
    {
        if (_state != State.Content)
        {
            throw new InvalidOperationException(_state == State.Ended ? "The response is already ended." : "The head comes first.");
        }
    }

    byte[] Count(byte[] bytes)
    {
        _written += bytes.Length;
        return bytes;
    }
}
