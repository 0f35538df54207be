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

    public double Decay { get; init; } = 2e-6;

    public ulong Seed { get; init; } = 20261122;

    /// <summary>Whether the features are those of the suffix head.</summary>
    public bool Suffix { get; init; }

    static double E(string n, double d) => Environment.GetEnvironmentVariable("GT_" + n) is { } v ? double.Parse(v) : d;
    public static double Noisy { get; } = E("NOISY", 1);
    public static TrainingSettings Experiment()
    {
        var d = new TrainingSettings();
        return d with { WordBits = (int)E("WB", d.WordBits), PieceBits = (int)E("PB", d.PieceBits), UnitsPerBlock = (int)E("U", d.UnitsPerBlock), ShortBlocks = (int)E("S", d.ShortBlocks), LongBlocks = (int)E("L", d.LongBlocks), Epochs = (int)E("EP", d.Epochs), Rate = E("RATE", d.Rate), Decay = E("DECAY", d.Decay), Drop = (int)E("DROP", d.Drop) };
    }

    /// <summary>Per cent of features left out at each step.</summary>
    public int Drop { get; init; }
}
