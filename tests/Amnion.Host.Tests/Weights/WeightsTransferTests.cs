using System.Globalization;
using Amnion.Records.Frames;
using Amnion.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.Host.Tests.Weights;

public sealed class WeightsTransferTests
{
    const long Length = 1L << 30;

    // Longer than anything a transfer should hold, so that holding the stream would show.
    const long Bound = 16L << 20;

    [Fact]
    public async Task A_gibibyte_passes_through_broken_connections_in_bounded_memory_and_arrives_as_it_was()
    {
        // A period that divides no buffer: a byte that is lost or doubled shifts everything behind it.
        var pattern = new byte[1_000_003];
        new Random(7).NextBytes(pattern);
        await using var server = new RawHttpServer(async exchange =>
        {
            var offset = exchange.Offset;
            await exchange.HeadAsync(offset == 0 ? "200 OK" : "206 Partial Content", [$"Content-Length: {Length - offset}", "ETag: \"v1\"", .. offset > 0 ? (string[])[string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {offset}-{Length - 1}/{Length}")] : []]);
            var end = Math.Min(Length, offset + 300_000_001);
            for (var at = offset; at < end;)
            {
                var start = (int)(at % pattern.Length);
                var part = (int)Math.Min(pattern.Length - start, end - at);
                await exchange.Stream.WriteAsync(pattern.AsMemory(start, part), exchange.Stop);
                at += part;
            }
        });
        long received = 0;
        long most = 0;
        var same = true;
        await using var enclave = new FakeEnclave(async (frames, _, _, cancellation) =>
        {
            for (var frame = (await frames.ReadAsync(cancellation))!.Value; frame.Type == FrameType.WeightsData; frame = (await frames.ReadAsync(cancellation))!.Value)
            {
                for (var piece = frame.Payload; !piece.IsEmpty;)
                {
                    var start = (int)(received % pattern.Length);
                    var part = Math.Min(piece.Length, pattern.Length - start);
                    same &= piece.Span[..part].SequenceEqual(pattern.AsSpan(start, part));
                    received += part;
                    piece = piece[part..];
                }
            }

            await frames.WriteAsync(FrameType.Done, default, cancellation);
        });
        using var http = HttpWeights.CreateClient();
        var source = new HttpWeights(http, server.Url, new WeightsTransferOptions { FirstPause = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, NullLogger.Instance);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await using (var stream = await source.OpenAsync(Length, default))
        {
            await enclave.Connect().SendWeightsAsync("m.gguf", stream, new Largest(bytes => most = Math.Max(most, bytes % (64 << 20) == 0 ? GC.GetTotalMemory(forceFullCollection: true) - before : 0)), default);
        }

        Assert.True(same);
        Assert.Equal(Length, received);
        Assert.Equal([0L, 300_000_001, 600_000_002, 900_000_003], server.Seen.Select(request => request.Offset));
        Assert.True(most < Bound, $"{most} bytes were held while a gibibyte passed; at most {Bound} are allowed.");
    }

    sealed class Largest(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
