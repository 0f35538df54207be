using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>One step of a binary HTTP message as it arrives.</summary>
public abstract record BinaryHttpEvent
{
    BinaryHttpEvent()
    {
    }

    /// <summary>The event's name only: fields and content belong to the caller.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The control data and headers of a request.</summary>
    internal sealed record RequestHead(string Method, string Scheme, string Authority, string Path, ImmutableArray<HttpField> Headers) : BinaryHttpEvent;

    /// <summary>An informational response, 100 to 199, before the final one.</summary>
    /// <param name="Status">Status code.</param>
    /// <param name="Headers">Header fields in order.</param>
    public sealed record Informational(int Status, ImmutableArray<HttpField> Headers) : BinaryHttpEvent;

    /// <summary>Status and headers of the final response; comes exactly once.</summary>
    /// <param name="Status">Status code, 200 to 599.</param>
    /// <param name="Headers">Header fields in order.</param>
    public sealed record Head(int Status, ImmutableArray<HttpField> Headers) : BinaryHttpEvent;

    /// <summary>The next piece of content; its boundaries mean nothing.</summary>
    /// <param name="Bytes">One byte or more.</param>
    public sealed record Content(ReadOnlyMemory<byte> Bytes) : BinaryHttpEvent;

    /// <summary>Trailer fields; comes only where there are any.</summary>
    /// <param name="Fields">Trailer fields in order.</param>
    public sealed record Trailers(ImmutableArray<HttpField> Fields) : BinaryHttpEvent;

    /// <summary>The message is whole. Comes last, after the end of the stream was declared.</summary>
    public sealed record End : BinaryHttpEvent;
}
