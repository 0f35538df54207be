using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>The numbers of <see cref="SamplingOptions"/> as they arrive in a frame.</summary>
readonly record struct SamplerSettings(
    float Temperature,
    float TopP,
    int TopK,
    float MinP,
    uint Seed,
    float RepeatPenalty,
    float FrequencyPenalty,
    float PresencePenalty,
    int PenaltyWindow)
{
    public static SamplerSettings Read(ref FrameReader reader) => new(
        reader.Single("temperature"),
        reader.Single("top p"),
        reader.Int32("top k", 0, int.MaxValue),
        reader.Single("min p"),
        reader.UInt32("seed"),
        reader.Single("repeat penalty"),
        reader.Single("frequency penalty"),
        reader.Single("presence penalty"),
        reader.Int32("penalty window", 0, int.MaxValue));
}
