using System.Collections.Immutable;

namespace Amnion.Inference.Protocol;

/// <summary>Writes the frames that carry requests. The worker parses them in place, see <see cref="Worker.GenerateReader"/>.</summary>
static class RequestFrames
{
    public static void WriteGenerate(FrameWriter writer, uint id, GenerationRequest request)
    {
        writer.Begin(FrameType.Generate);
        writer.UInt32(id);
        writer.Int32(request.MaxTokens);
        var sampling = request.Sampling;
        writer.Single(sampling.Temperature);
        writer.Single(sampling.TopP);
        writer.Int32(sampling.TopK);
        writer.Single(sampling.MinP);
        writer.UInt32(sampling.Seed);
        writer.Single(sampling.RepeatPenalty);
        writer.Single(sampling.FrequencyPenalty);
        writer.Single(sampling.PresencePenalty);
        writer.Int32(sampling.PenaltyWindow);
        writer.Int32(sampling.LogitBiases.Length);
        foreach (var bias in sampling.LogitBiases)
        {
            writer.Int32(bias.Token);
            writer.Single(bias.Bias);
        }

        writer.Int32(request.Stops.Length);
        foreach (var stop in request.Stops)
        {
            writer.Text(stop);
        }

        writer.Text(request.Grammar ?? string.Empty);
        WritePieces(writer, request.Prompt);
        writer.End();
    }

    public static void WriteEmbed(FrameWriter writer, uint id, EmbeddingRequest request)
    {
        writer.Begin(FrameType.Embed);
        writer.UInt32(id);
        WritePieces(writer, request.Input);
        writer.End();
    }

    public static void WriteCancel(FrameWriter writer, uint id)
    {
        writer.Begin(FrameType.Cancel);
        writer.UInt32(id);
        writer.End();
    }

    public static void WriteEmpty(FrameWriter writer, FrameType type)
    {
        writer.Begin(type);
        writer.End();
    }

    static void WritePieces(FrameWriter writer, ImmutableArray<PromptPiece> pieces)
    {
        writer.Int32(pieces.Length);
        foreach (var piece in pieces)
        {
            writer.Flag(piece.Special);
            writer.Text(piece.Text);
        }
    }
}
