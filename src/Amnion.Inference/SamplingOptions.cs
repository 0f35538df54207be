using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>How a token is chosen. The defaults are greedy and deterministic.</summary>
public sealed record SamplingOptions
{
    /// <summary>0 is greedy (the most likely token); at most 5.</summary>
    public float Temperature { get; init; }

    /// <summary>Nucleus sampling, 0 to 1; 1 is off.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep the most likely K tokens; 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Keep tokens at least this likely relative to the best, 0 to 1; 0 is off.</summary>
    public float MinP { get; init; }

    /// <summary>The seed; the same request with the same seed gives the same text on the same machine and batch.</summary>
    public uint Seed { get; init; }

    /// <summary>Divides the logits of tokens seen in the window, above 0 and at most 10; 1 is off.</summary>
    public float RepeatPenalty { get; init; } = 1;

    /// <summary>OpenAI's frequency_penalty, -2 to 2; 0 is off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>OpenAI's presence_penalty, -2 to 2; 0 is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>How many of the last tokens the penalties look at, 0 to 4096.</summary>
    public int PenaltyWindow { get; init; } = 64;

    /// <summary>Biases of single tokens, 1024 at most.</summary>
    public ImmutableArray<LogitBias> LogitBiases { get; init; } = [];
}
