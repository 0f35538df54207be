using System.Buffers;
using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>A binary HTTP response (RFC 9292): what is sealed inside an OHTTP response.</summary>
public sealed record BinaryHttpResponse
{
    /// <summary>Status code, 200 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>Header fields in order, names in lower case.</summary>
    public ImmutableArray<HttpField> Headers { get; init; } = [];

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Trailer fields in order, names in lower case.</summary>
    public ImmutableArray<HttpField> Trailers { get; init; } = [];

    /// <summary>Informational responses that came before; not encoded.</summary>
    public ImmutableArray<BinaryHttpEvent.Informational> Informational { get; init; } = [];

    /// <summary>The value of the first header of this lower-case name, or null.</summary>
    public string? FindHeader(string name) => BinaryHttpFields.Find(Headers, name);

    /// <summary>Parses a whole response of either framing, with or without padding.</summary>
    /// <param name="encoded">The message.</param>
    /// <param name="maxContent">Longest content accepted, in bytes.</param>
    /// <exception cref="BinaryHttpFormatException">It is malformed, truncated, a request, or exceeds a limit.</exception>
    public static BinaryHttpResponse Parse(ReadOnlySpan<byte> encoded, int maxContent = BinaryHttpLimits.DefaultMaxContent)
    {
        var parser = new BinaryHttpParser(request: false, maxContent);
        parser.Push(encoded);
        parser.Complete();
        var content = new ArrayBufferWriter<byte>();
        var informational = ImmutableArray.CreateBuilder<BinaryHttpEvent.Informational>();
        BinaryHttpEvent.Head? head = null;
        ImmutableArray<HttpField> trailers = [];
        while (parser.Read() is { } next)
        {
            switch (next)
            {
                case BinaryHttpEvent.Informational found:
                    informational.Add(found);
                    break;
                case BinaryHttpEvent.Head found:
                    head = found;
                    break;
                case BinaryHttpEvent.Content piece:
                    content.Write(piece.Bytes.Span);
                    break;
                case BinaryHttpEvent.Trailers found:
                    trailers = found.Fields;
                    break;
            }
        }

        return new BinaryHttpResponse
        {
            Status = head!.Status,
            Headers = head.Headers,
            Content = content.WrittenMemory,
            Trailers = trailers,
            Informational = informational.DrainToImmutable(),
        };
    }

    /// <summary>Encodes with known lengths and no padding.</summary>
    /// <exception cref="ArgumentException">A part is not valid HTTP or exceeds a limit.</exception>
    public byte[] Encode() => Build().WrittenSpan.ToArray();

    /// <summary>Encodes with known lengths, zero-padded to the next of <see cref="PaddingBuckets"/>.</summary>
    /// <exception cref="ArgumentException">A part is not valid HTTP or exceeds a limit.</exception>
    public byte[] EncodePadded()
    {
        var message = Build().WrittenSpan;
        var padded = new byte[PaddingBuckets.RoundUp(message.Length)];
        message.CopyTo(padded);
        return padded;
    }

    /// <summary>The type's name and status only: headers and content belong to the caller.</summary>
    public override string ToString() => $"{nameof(BinaryHttpResponse)} {Status}";

    ArrayBufferWriter<byte> Build()
    {
        var message = new ArrayBufferWriter<byte>(256 + Content.Length);
        BinaryHttpWriter.WriteInteger(message, BinaryHttpFields.KnownResponse);
        BinaryHttpWriter.WriteStatus(message, Status, lowest: 200);
        BinaryHttpWriter.WriteKnownFields(message, Headers);
        BinaryHttpWriter.WriteBytes(message, Content.Span);
        BinaryHttpWriter.WriteKnownFields(message, Trailers);
        return message;
    }
}
