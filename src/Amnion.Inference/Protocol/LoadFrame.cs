using System.Text;
using System.Text.Unicode;

namespace Amnion.Inference.Protocol;

/// <summary>The first frame to a worker: what to load and how large.</summary>
sealed record LoadFrame
{
    const int MaxPath = 4096;

    public required string EngineDirectory { get; init; }

    public required int ContextTokens { get; init; }

    public required int SequenceTokens { get; init; }

    public required int MaxSequences { get; init; }

    public required int BatchTokens { get; init; }

    public required int EmbeddingTokens { get; init; }

    public required int Threads { get; init; }

    public required EmbeddingPooling Pooling { get; init; }

    /// <summary>Allocate the cache at once, and say where that fails, instead of at the first request.</summary>
    public required bool Prepare { get; init; }

    /// <summary>Answer Probe frames; tests only.</summary>
    public required bool AllowProbe { get; init; }

    public void Write(FrameWriter writer)
    {
        writer.Begin(FrameType.Load);
        writer.Text(EngineDirectory);
        writer.Int32(ContextTokens);
        writer.Int32(SequenceTokens);
        writer.Int32(MaxSequences);
        writer.Int32(BatchTokens);
        writer.Int32(EmbeddingTokens);
        writer.Int32(Threads);
        writer.Int32((int)Pooling);
        writer.Flag(Prepare);
        writer.Flag(AllowProbe);
        writer.End();
    }

    public static LoadFrame Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        var frame = new LoadFrame
        {
            EngineDirectory = Path(ref reader),
            ContextTokens = reader.Int32("context tokens", 1, WorkerOptions.MaxContextTokens),
            SequenceTokens = reader.Int32("sequence tokens", 1, WorkerOptions.MaxContextTokens),
            MaxSequences = reader.Int32("sequences", 1, WorkerOptions.MaxMaxSequences),
            BatchTokens = reader.Int32("batch tokens", 1, WorkerOptions.MaxBatchTokens),
            EmbeddingTokens = reader.Int32("embedding tokens", 1, WorkerOptions.MaxBatchTokens),
            Threads = reader.Int32("threads", 1, WorkerOptions.MaxThreads),
            Pooling = (EmbeddingPooling)reader.Int32("pooling", 0, (int)EmbeddingPooling.Last),
            Prepare = reader.Flag("prepare"),
            AllowProbe = reader.Flag("allow probe"),
        };
        reader.End();
        return frame;
    }

    static string Path(ref FrameReader reader)
    {
        var bytes = reader.Bytes("engine directory", MaxPath);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new FrameFormatException(0, "engine directory", "is not well-formed UTF-8");
    }
}
