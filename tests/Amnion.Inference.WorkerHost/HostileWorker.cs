using Amnion.Inference.Linux;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.WorkerHost;

/// <summary>A worker that was taken over: it loads nothing and sends what its name says.</summary>
static class HostileWorker
{
    public static int Run(string behaviour)
    {
        using var channel = new UnixChannel(new Descriptor(WorkerProgram.SocketDescriptor));
        var inbound = new FrameBuffer(FrameBuffer.MaxToWorker);
        _ = WaitFor(channel, inbound, FrameType.Load);
        if (behaviour == "silent-start")
        {
            Thread.Sleep(Timeout.Infinite);
        }

        var writer = new FrameWriter();
        var info = new EngineInfo
        {
            Version = behaviour == "text-in-version" ? "evil\n\u001b[31m" : "0.5.0-dev",
            CpuVariant = "none",
            ModelDescription = "none",
            Parameters = 1,
            VocabularySize = 1,
            EmbeddingLength = 4,
            TrainedContextTokens = 64,
            SequenceTokens = 64,
            ContextTokens = 64,
            MaxSequences = 4,
            Embeddings = true,
        };
        new LoadedFrame(info, 0, 0, 0).Write(writer);
        _ = channel.Write(writer.Written);
        writer.Clear();

        var id = WaitFor(channel, inbound, FrameType.Generate);
        switch (behaviour)
        {
            case "invalid-utf8":
                WorkerFrames.WriteText(writer, id, 1, [0xC3, 0x28]);
                break;
            case "unknown-id":
                WorkerFrames.WriteText(writer, id + 7, 1, "x"u8);
                break;
            case "too-much-text":
                for (var i = 0; i < 100; i++)
                {
                    WorkerFrames.WriteText(writer, id, 1, "x"u8);
                }

                break;
            case "too-much-text-at-once":
                // As many frames as tokens, each as long as a frame may be: ten tokens have no 128 KiB of text.
                for (var i = 0; i < 2; i++)
                {
                    WorkerFrames.WriteText(writer, id, 1, [.. Enumerable.Repeat((byte)'x', (64 * 1024) - 64)]);
                }

                break;
            case "too-many-tokens":
                WorkerFrames.WriteText(writer, id, 6, "x"u8);
                WorkerFrames.WriteText(writer, id, 5, "x"u8);
                break;
            case "too-many-tokens-at-once":
                WorkerFrames.WriteText(writer, id, int.MaxValue, "x"u8);
                break;
            case "negative-tokens":
                WorkerFrames.WriteText(writer, id, -1, "x"u8);
                break;
            case "impossible-usage":
                WorkerFrames.WriteDone(writer, id, FinishReason.Stop, 1, int.MaxValue);
                break;
            case "unasked-cancel":
                WorkerFrames.WriteDone(writer, id, FinishReason.Cancelled, 1, 1);
                break;
            case "unknown-type":
                RequestFrames.WriteEmpty(writer, (FrameType)99);
                break;
            case "huge-length":
                _ = channel.Write([0xFF, 0xFF, 0xFF, 0x7F, 17]);
                break;
            case "embedding-for-generation":
                WorkerFrames.WriteEmbedding(writer, id, 1, [1, 0, 0, 0]);
                break;
            case "closes-socket":
                channel.Dispose();
                Thread.Sleep(Timeout.Infinite);
                break;
            case "silent":
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                return 64;
        }

        _ = channel.Write(writer.Written);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    static uint WaitFor(UnixChannel channel, FrameBuffer inbound, FrameType wanted)
    {
        while (true)
        {
            while (inbound.TryTake(out var type, out var payload))
            {
                var id = type == FrameType.Load ? 0 : new FrameReader(payload).UInt32("id");
                inbound.Release(payload.Length);
                if (type == wanted)
                {
                    return id;
                }
            }

            var read = channel.Read(inbound.Room(), wait: true);
            if (read <= 0)
            {
                Environment.Exit(0);
            }

            inbound.Received(read);
        }
    }
}
