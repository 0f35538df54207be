using System.Diagnostics;
using System.Net.Sockets;
using Amnion.Enclave.Weights;
using Amnion.Host;
using Amnion.Inference;
using Amnion.Inference.Native;
using Amnion.Models.Gguf;
using Amnion.Records.Frames;
using Amnion.Sealing;

namespace Amnion.Bench;

/// <summary>Sealed weights from a file to sealed memory, by the host's and the enclave's own code over a Unix socket, and what the time goes into.</summary>
static class LoadBench
{
    public static async Task RunAsync(Report report, BenchOptions options)
    {
        using var folder = new ScratchFolder();
        using var key = SecretBytes.Random(SealedStreamFormat.KeyLength);
        var file = Path.Combine(folder.Path, "weights.sealed");
        var length = Seal(key, file);
        report.Say("model", $"random weights, {length / 1e6:0} MB; its sealed file is in the page cache");
        _ = EngineLibraries.Load(options.Engine);

        var (cipher, pages, mapped, carry, copy, whole, engine) = (new Figures(), new Figures(), new Figures(), new Figures(), new Figures(), new Figures(), new Figures());
        for (var round = 0; round <= options.Rounds; round++)
        {
            // The first one runs in.
            var keep = round > 0;
            Add(cipher, Cipher(length), keep);
            Add(pages, Pages(length), keep);
            Add(mapped, Mapped(length), keep);
            Add(copy, Copy(length), keep);
            Add(carry, await CarryAsync(folder.Path, file, null).ConfigureAwait(false), keep);
            using var memory = WeightsMemory.Create(length);
            using (var pipeline = new SegmentPipeline(key, [], new MemoryWeights(memory), length))
            {
                Add(whole, await CarryAsync(folder.Path, file, pipeline).ConfigureAwait(false), keep);
            }

            memory.Seal();
            var clock = Stopwatch.GetTimestamp();
            using var descriptor = memory.OpenForWorker();
            LlamaModel.Load(descriptor.Value).Dispose();
            Add(engine, Stopwatch.GetElapsedTime(clock), keep);
        }

        report.Say("alone: cipher in place, all cores", Text(cipher, length));
        report.Say("alone: fresh memory file, written, one core", Text(pages, length));
        report.Say("alone: fresh memory file, mapped and filled, one core", Text(mapped, length));
        report.Say("alone: one copy in memory, one core", Text(copy, length));
        report.Say("alone: file to host to enclave over the socket, not opened", Text(carry, length));
        report.Say("after it: the engine maps the weights and checks every tensor", Text(engine, length));
        report.AtLeast("whole: file to sealed memory", Figures.Of(whole.Values.Select(seconds => length / seconds / 1e9)), 1, " GB/s");
    }

    static long Seal(SecretBytes key, string file)
    {
        var plain = file + ".gguf";
        using (var stream = File.Create(plain))
        {
            RandomModel.Write(stream, AnswerBench.LargeModel);
        }

        var length = new FileInfo(plain).Length;
        using (var input = File.OpenRead(plain))
        {
            using var output = File.Create(file);
            using var sealer = SealedStreamSealer.Create(key, []);
            output.Write(sealer.Header);
            var segments = SealedStreamFormat.SegmentCount(length);
            var (from, to) = (new byte[SealedStreamFormat.SegmentLength], new byte[SealedStreamFormat.SegmentLength]);
            for (uint i = 0; i < segments; i++)
            {
                var part = from.AsSpan(0, SealedStreamFormat.SegmentPlaintextLength(i, length));
                input.ReadExactly(part);
                output.Write(to.AsSpan(0, sealer.SealSegment(i, i == segments - 1, part, to)));
            }
        }

        File.Delete(plain);
        return length;
    }

    static TimeSpan Cipher(long length)
    {
        var threads = Environment.ProcessorCount;
        using var pieces = new SealedPieces((int)SealedStreamFormat.SegmentCount(length));
        pieces.Reset();
        return Workers.Run(threads, worker =>
        {
            for (var segment = worker; segment < pieces.Count; segment += threads)
            {
                pieces.Open(segment);
            }
        });
    }

    static TimeSpan Pages(long length)
    {
        using var memory = WeightsMemory.Create(length);
        return Fill(length, memory.Write);
    }

    static TimeSpan Mapped(long length)
    {
        using var memory = WeightsMemory.Create(length);
        return Fill(length, (offset, segment) => segment.CopyTo(memory.Window(offset, segment.Length)));
    }

    static TimeSpan Fill(long length, Action<long, ReadOnlySpan<byte>> fill)
    {
        var segment = new byte[SealedStreamFormat.SegmentLength];
        var clock = Stopwatch.GetTimestamp();
        for (long offset = 0; offset < length; offset += segment.Length)
        {
            fill(offset, segment.AsSpan(0, (int)Math.Min(segment.Length, length - offset)));
        }

        return Stopwatch.GetElapsedTime(clock);
    }

    static TimeSpan Copy(long length)
    {
        var (from, to) = (new byte[64 * SealedStreamFormat.SegmentLength], new byte[64 * SealedStreamFormat.SegmentLength]);
        Array.Fill(from, (byte)1);
        Array.Fill(to, (byte)1);
        var clock = Stopwatch.GetTimestamp();
        for (long copied = 0; copied < length; copied += from.Length)
        {
            from.AsSpan(0, (int)Math.Min(from.Length, length - copied)).CopyTo(to);
        }

        return Stopwatch.GetElapsedTime(clock);
    }

    static async Task<TimeSpan> CarryAsync(string folder, string file, SegmentPipeline? pipeline)
    {
        var path = Path.Combine(folder, "socket");
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var clock = Stopwatch.GetTimestamp();
        var enclave = Task.Run(() => ReceiveAsync(listener, pipeline));
        await using (var stream = File.OpenRead(file))
        {
            await EnclaveConnection.ToUnixSocket(path, TimeProvider.System).SendWeightsAsync("weights", stream, null, CancellationToken.None).ConfigureAwait(false);
        }

        await enclave.ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(clock);
    }

    static async Task ReceiveAsync(Socket listener, SegmentPipeline? pipeline)
    {
        await using var frames = new FrameStream(new NetworkStream(await listener.AcceptAsync().ConfigureAwait(false), ownsSocket: true));
        _ = await frames.ExpectAsync(FrameType.WeightsFile, CancellationToken.None).ConfigureAwait(false);
        while (await frames.ReadAsync(CancellationToken.None).ConfigureAwait(false) is { Type: FrameType.WeightsData } piece)
        {
            if (pipeline is not null)
            {
                await pipeline.PushAsync(piece.Payload, CancellationToken.None).ConfigureAwait(false);
            }
        }

        pipeline?.Complete();
        await frames.WriteAsync(FrameType.Done, default, CancellationToken.None).ConfigureAwait(false);
    }

    static void Add(Figures figures, TimeSpan elapsed, bool keep)
    {
        if (keep)
        {
            figures.Add(elapsed.TotalSeconds);
        }
    }

    static string Text(Figures seconds, long length) => $"{seconds.Median:0.00} s, {length / seconds.Median / 1e9:0.00} GB/s";
}
