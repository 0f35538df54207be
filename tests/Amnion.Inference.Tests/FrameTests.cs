using Amnion.Inference.Protocol;

namespace Amnion.Inference.Tests;

public sealed class FrameTests
{
    static EngineInfo Info => new()
    {
        Version = "v",
        CpuVariant = "c",
        ModelDescription = "d",
        Parameters = 5,
        VocabularySize = 6,
        EmbeddingLength = 7,
        TrainedContextTokens = 8,
        SequenceTokens = 9,
        ContextTokens = 10,
        MaxSequences = 11,
        Embeddings = true,
    };

    [Fact]
    public void Frames_come_out_as_they_went_in_however_they_are_cut()
    {
        var writer = new FrameWriter();
        for (var i = 0; i < 50; i++)
        {
            WorkerFrames.WriteText(writer, (uint)i, i % 3, new byte[i * 700]);
        }

        var bytes = writer.Written.ToArray();
        foreach (var size in new[] { 1, 7, 4096, bytes.Length })
        {
            var buffer = new FrameBuffer(FrameBuffer.MaxFromWorker);
            var next = 0;
            for (var at = 0; at < bytes.Length;)
            {
                var room = buffer.Room();
                var count = Math.Min(Math.Min(size, room.Length), bytes.Length - at);
                bytes.AsSpan(at, count).CopyTo(room);
                buffer.Received(count);
                at += count;
                while (buffer.TryTake(out var type, out var payload))
                {
                    Assert.Equal(FrameType.Text, type);
                    var reader = new FrameReader(payload);
                    Assert.Equal((uint)next, reader.UInt32("id"));
                    Assert.Equal(next % 3, reader.Int32("tokens", 0, 2));
                    Assert.Equal(next * 700, reader.Bytes("text", 65536).Length);
                    reader.End();
                    buffer.Release(payload.Length);
                    next++;
                }
            }

            Assert.Equal(50, next);
        }
    }

    [Fact]
    public void Taken_frames_are_zeroed()
    {
        var writer = new FrameWriter();
        WorkerFrames.WriteText(writer, 1, 1, "secret"u8);
        var buffer = new FrameBuffer(1024);
        var room = buffer.Room();
        writer.Written.CopyTo(room);
        buffer.Received(writer.Written.Length);
        Assert.True(buffer.TryTake(out _, out var payload));

        buffer.Release(payload.Length);

        Assert.Equal(-1, room.IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1025u)]
    [InlineData(uint.MaxValue)]
    public void A_length_outside_the_limit_is_refused_at_once(uint length)
    {
        var buffer = new FrameBuffer(1024);
        BitConverter.TryWriteBytes(buffer.Room(), length);
        buffer.Received(FrameBuffer.Overhead);

        Assert.Equal("length", Assert.Throws<FrameFormatException>(() => buffer.TryTake(out _, out _)).Field);
    }

    [Fact]
    public void Loaded_round_trips()
    {
        var frame = new LoadedFrame(Info, 0, 1, 2);

        Assert.Equal(frame, LoadedFrame.Parse(Payload(frame.Write)));
    }

    [Fact]
    public void Load_round_trips()
    {
        var frame = Load;

        Assert.Equal(frame, LoadFrame.Parse(Payload(frame.Write)));
    }

    [Fact]
    public void Every_truncation_and_every_extra_byte_is_refused()
    {
        foreach (var payload in new[] { Payload(new LoadedFrame(Info, 0, 0, 0).Write), Payload(Load.Write) })
        {
            Func<byte[], object> parse = payload.Length == Payload(Load.Write).Length ? b => LoadFrame.Parse(b) : b => LoadedFrame.Parse(b);
            for (var length = 0; length < payload.Length; length++)
            {
                Assert.Throws<FrameFormatException>(() => parse(payload[..length]));
            }

            Assert.Throws<FrameFormatException>(() => parse([.. payload, 0]));
        }
    }

    [Fact]
    public void Altered_frames_are_parsed_or_refused_and_nothing_else()
    {
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var n) ? n : 5000;
        var random = new Random(42);
        var seeds = new[] { Payload(new LoadedFrame(Info, 0, 0, 0).Write), Payload(Load.Write) };
        for (var i = 0; i < iterations; i++)
        {
            var which = random.Next(2);
            var bytes = seeds[which].ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                // What is accepted says the same again.
                var again = which == 0 ? Payload(LoadedFrame.Parse(bytes).Write) : Payload(LoadFrame.Parse(bytes).Write);
                Assert.Equal(bytes.Length, again.Length);
            }
            catch (FrameFormatException e)
            {
                Assert.NotEmpty(e.Field);
            }
        }
    }

    static LoadFrame Load => new()
    {
        EngineDirectory = "/engine",
        ContextTokens = 1,
        SequenceTokens = 2,
        MaxSequences = 3,
        BatchTokens = 4,
        EmbeddingTokens = 6,
        Threads = 5,
        Pooling = EmbeddingPooling.Last,
        Prepare = true,
        AllowProbe = true,
    };

    static byte[] Payload(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        return writer.Written[FrameBuffer.Overhead..].ToArray();
    }
}
