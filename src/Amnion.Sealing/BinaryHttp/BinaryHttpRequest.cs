using System.Buffers;
using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>A binary HTTP request (RFC 9292): what is sealed inside an OHTTP request.</summary>
public sealed record BinaryHttpRequest
{
    /// <summary>Method, such as "POST".</summary>
    public required string Method { get; init; }

    /// <summary>Scheme of the target.</summary>
    public string Scheme { get; init; } = "https";

    /// <summary>Authority of the target; may be empty.</summary>
    public string Authority { get; init; } = string.Empty;

    /// <summary>Path with query, starting with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>Header fields in order, names in lower case.</summary>
    public ImmutableArray<HttpField> Headers { get; init; } = [];

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Trailer fields in order, names in lower case.</summary>
    public ImmutableArray<HttpField> Trailers { get; init; } = [];

    /// <summary>The value of the first header of this lower-case name, or null.</summary>
    public string? FindHeader(string name) => BinaryHttpFields.Find(Headers, name);

    /// <summary>Parses a whole request of either framing, with or without padding.</summary>
    /// <param name="encoded">The message.</param>
    /// <param name="maxContent">Longest content accepted, in bytes.</param>
    /// <exception cref="BinaryHttpFormatException">It is malformed, truncated, a response, or exceeds a limit.</exception>
    public static BinaryHttpRequest Parse(ReadOnlySpan<byte> encoded, int maxContent = BinaryHttpLimits.DefaultMaxContent)
    {
        var parser = new BinaryHttpParser(request: true, maxContent);
        parser.Push(encoded);
        parser.Complete();
        var content = new ArrayBufferWriter<byte>();
        BinaryHttpEvent.RequestHead? head = null;
        ImmutableArray<HttpField> trailers = [];
        while (parser.Read() is { } next)
        {
            switch (next)
            {
                case BinaryHttpEvent.RequestHead found:
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

        return new BinaryHttpRequest
        {
            Method = head!.Method,
            Scheme = head.Scheme,
            Authority = head.Authority,
            Path = head.Path,
            Headers = head.Headers,
            Content = content.WrittenMemory,
            Trailers = trailers,
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

    /// <summary>The type's name only: path, headers and content belong to the caller.</summary>
    public override string ToString() => nameof(BinaryHttpRequest);

    ArrayBufferWriter<byte> Build()
    {
        var message = new ArrayBufferWriter<byte>(256 + Content.Length);
        BinaryHttpWriter.WriteInteger(message, BinaryHttpFields.KnownRequest);
        BinaryHttpWriter.WriteText(message, nameof(Method), Method, BinaryHttpLimits.MaxMethod, BinaryHttpSyntax.IsMethod);
        BinaryHttpWriter.WriteText(message, nameof(Scheme), Scheme, BinaryHttpLimits.MaxScheme, BinaryHttpSyntax.IsScheme);
        BinaryHttpWriter.WriteText(message, nameof(Authority), Authority, BinaryHttpLimits.MaxAuthority, BinaryHttpSyntax.IsAuthority);
        BinaryHttpWriter.WriteText(message, nameof(Path), Path, BinaryHttpLimits.MaxPath, BinaryHttpSyntax.IsPath);
        BinaryHttpWriter.WriteKnownFields(message, Headers);
        BinaryHttpWriter.WriteBytes(message, Content.Span);
        BinaryHttpWriter.WriteKnownFields(message, Trailers);
        return message;
    }
}
