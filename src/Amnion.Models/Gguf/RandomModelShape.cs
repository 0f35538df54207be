namespace Amnion.Models.Gguf;

/// <summary>Dimensions of a model with random weights.</summary>
public sealed record RandomModelShape
{
    /// <summary>The architecture.</summary>
    public GgufArchitecture Architecture { get; init; } = GgufArchitecture.Llama;

    /// <summary>Transformer layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width of the residual stream; a multiple of 32 for quantised types and of twice the heads.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>Query heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public int KeyValueHeads { get; init; } = 2;

    /// <summary>Width of the feed-forward layer; a multiple of 32 for quantised types.</summary>
    public int FeedForward { get; init; } = 128;

    /// <summary>Tokens of the vocabulary, at least <see cref="RandomModel.SmallestVocabulary"/>.</summary>
    public int Vocabulary { get; init; } = 320;

    /// <summary>Tokens of context the model claims.</summary>
    public int ContextLength { get; init; } = 2048;

    /// <summary>Type of the matrices: F32, F16, Q8_0 or Q4_0.</summary>
    public GgufTensorType Type { get; init; } = GgufTensorType.F16;

    /// <summary>The same seed and shape give the same bytes.</summary>
    public ulong Seed { get; init; } = 1;
}
