namespace Amnion.Inference.Protocol;

/// <summary>Writes the frames of a running worker.</summary>
static class WorkerFrames
{
    public static void WriteText(FrameWriter writer, uint id, int tokens, ReadOnlySpan<byte> text)
    {
        writer.Begin(FrameType.Text);
        writer.UInt32(id);
        writer.Int32(tokens);
        writer.Bytes(text);
        writer.End();
    }

    public static void WriteDone(FrameWriter writer, uint id, FinishReason reason, int promptTokens, int completionTokens)
    {
        writer.Begin(FrameType.Done);
        writer.UInt32(id);
        writer.Byte((byte)reason);
        writer.Int32(promptTokens);
        writer.Int32(completionTokens);
        writer.End();
    }

    public static void WriteEmbedding(FrameWriter writer, uint id, int promptTokens, ReadOnlySpan<float> vector)
    {
        writer.Begin(FrameType.Embedding);
        writer.UInt32(id);
        writer.Int32(promptTokens);
        writer.Int32(vector.Length);
        foreach (var value in vector)
        {
            writer.Single(value);
        }

        writer.End();
    }

    /// <summary>Id 0 is the worker as a whole.</summary>
    public static void WriteFailed(FrameWriter writer, uint id, FailureCode code)
    {
        writer.Begin(FrameType.Failed);
        writer.UInt32(id);
        writer.Byte((byte)code);
        writer.End();
    }
}
