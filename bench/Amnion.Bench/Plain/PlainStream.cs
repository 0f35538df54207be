using Amnion.Inference.Worker;

namespace Amnion.Bench.Plain;

/// <summary>One answer in the making.</summary>
sealed class PlainStream(int slot, int repeats, TokenSampler sampler)
{
    public int Slot => slot;

    /// <summary>Answers still to give, this one included.</summary>
    public int Repeats { get; set; } = repeats;

    public TokenSampler Sampler => sampler;

    public int Position { get; set; }

    public int Generated { get; set; }

    public int Next { get; set; }

    public int Output { get; set; }
}
