using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.Enclave.Tests;

/// <summary>An opened answer with everything that was on the wire.</summary>
sealed class SealedReply
{
    public required byte[] Request { get; init; }

    /// <summary>The sealed answer as frames carried it.</summary>
    public required ImmutableArray<byte[]> Pieces { get; init; }

    public required ImmutableArray<byte[]> Chunks { get; init; }

    public required int Status { get; init; }

    public required ImmutableArray<HttpField> Headers { get; init; }

    public required byte[] Content { get; init; }

    public required ImmutableArray<HttpField> Trailers { get; init; }

    public string Text => Encoding.UTF8.GetString(Content);

    public JsonElement Json => JsonDocument.Parse(Content).RootElement;

    public string ErrorCode => Json.GetProperty("error").GetProperty("code").GetString()!;

    public SignedReceipt Receipt => SignedReceipt.Parse(Base64Url.DecodeFromChars(Trailers.Single(trailer => trailer.Name == "amnion-receipt").Value));

    /// <summary>The events of a stream: type (or null) and data, comments taken out.</summary>
    public ImmutableArray<(string? Type, string Data)> Events
    {
        get
        {
            var events = ImmutableArray.CreateBuilder<(string?, string)>();
            foreach (var block in Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            {
                var lines = block.Split('\n').Where(line => !line.StartsWith(':')).ToArray();
                if (lines.Length > 0)
                {
                    var type = lines.FirstOrDefault(line => line.StartsWith("event: ", StringComparison.Ordinal));
                    events.Add((type?[7..], lines.Single(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..]));
                }
            }

            return events.ToImmutable();
        }
    }

    public static SealedReply Open(byte[] request, ImmutableArray<byte[]> pieces, ChunkedResponseOpener opener)
    {
        var chunks = ImmutableArray.CreateBuilder<byte[]>();
        foreach (var piece in pieces)
        {
            opener.Push(piece);
            Drain();
        }

        opener.Complete();
        Drain();
        var response = BinaryHttpResponse.Parse(chunks.SelectMany(chunk => chunk).ToArray());
        return new SealedReply
        {
            Request = request,
            Pieces = pieces,
            Chunks = chunks.ToImmutable(),
            Status = response.Status,
            Headers = response.Headers,
            Content = response.Content.ToArray(),
            Trailers = response.Trailers,
        };

        void Drain()
        {
            while (opener.TryReadChunk(out var chunk, out _))
            {
                chunks.Add(chunk);
            }
        }
    }
}
