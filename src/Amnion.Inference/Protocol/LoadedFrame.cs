using System.Text;

namespace Amnion.Inference.Protocol;

/// <summary>The worker's answer to Load: what is loaded, and the errno of each layer it put on itself (0 is applied).</summary>
sealed record LoadedFrame(EngineInfo Info, int LimitsErrno, int DumpableErrno, int SystemCallsErrno)
{
    const int MaxText = 128;
    const int MaxCount = int.MaxValue;
    const int MaxErrno = 4095;

    public void Write(FrameWriter writer)
    {
        writer.Begin(FrameType.Loaded);
        writer.Text(Info.Version);
        writer.Text(Info.CpuVariant);
        writer.Text(Info.ModelDescription);
        writer.Int64(Info.Parameters);
        writer.Int32(Info.VocabularySize);
        writer.Int32(Info.EmbeddingLength);
        writer.Int32(Info.TrainedContextTokens);
        writer.Int32(Info.SequenceTokens);
        writer.Int32(Info.ContextTokens);
        writer.Int32(Info.MaxSequences);
        writer.Flag(Info.Embeddings);
        writer.Int32(LimitsErrno);
        writer.Int32(DumpableErrno);
        writer.Int32(SystemCallsErrno);
        writer.End();
    }

    public static LoadedFrame Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        var info = new EngineInfo
        {
            Version = Printable(ref reader, "version"),
            CpuVariant = Printable(ref reader, "processor variant"),
            ModelDescription = Printable(ref reader, "model description"),
            Parameters = reader.Int64("parameters"),
            VocabularySize = reader.Int32("vocabulary size", 0, MaxCount),
            EmbeddingLength = reader.Int32("embedding length", 0, MaxCount),
            TrainedContextTokens = reader.Int32("trained context", 0, MaxCount),
            SequenceTokens = reader.Int32("sequence tokens", 1, MaxCount),
            ContextTokens = reader.Int32("context tokens", 1, MaxCount),
            MaxSequences = reader.Int32("sequences", 1, WorkerOptions.MaxMaxSequences),
            Embeddings = reader.Flag("embeddings"),
        };
        var frame = new LoadedFrame(info, reader.Int32("limits", 0, MaxErrno), reader.Int32("dumpable", 0, MaxErrno), reader.Int32("system calls", 0, MaxErrno));
        reader.End();
        return frame;
    }

    static string Printable(ref FrameReader reader, string field)
    {
        var bytes = reader.Bytes(field, MaxText);
        return bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? throw new FrameFormatException(0, field, "has bytes outside printable ASCII")
            : Encoding.ASCII.GetString(bytes);
    }
}
