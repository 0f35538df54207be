namespace Amnion.GuardTraining;

/// <summary>What can be turned.</summary>
public sealed record TrainingSettings
{
    public int WordBits { get; init; } = 17;

    public int PieceBits { get; init; } = 17;

    public int UnitsPerBlock { get; init; } = 8;

    public int ShortBlocks { get; init; } = 4;

    public int LongBlocks { get; init; } = 16;

    public int Epochs { get; init; } = 8;

    public double Rate { get; init; } = 0.25;

    public double Decay { get; init; } = 1e-3;

    public ulong Seed { get; init; } = 20261122;

    /// <summary>Whether the features are those of the suffix head.</summary>
    public bool Suffix { get; init; }
}
