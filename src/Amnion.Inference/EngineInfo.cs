namespace Amnion.Inference;

/// <summary>What an engine has loaded. Numbers come from a worker that has parsed the model: facts to show, not to trust.</summary>
public sealed record EngineInfo
{
    /// <summary>The engine's own version, for instance "0.5.0-dev".</summary>
    public required string Version { get; init; }

    /// <summary>The processor variant of the engine in use, for instance "haswell".</summary>
    public required string CpuVariant { get; init; }

    /// <summary>The engine's description of the model, for instance "llama 1B Q8_0" (printable ASCII, 128 characters at most).</summary>
    public required string ModelDescription { get; init; }

    /// <summary>Number of parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Number of tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Number of floats in an embedding.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>Longest sequence the model was trained on, in tokens.</summary>
    public required int TrainedContextTokens { get; init; }

    /// <summary>Longest prompt and answer together of one sequence, in tokens.</summary>
    public required int SequenceTokens { get; init; }

    /// <summary>Tokens of all running sequences together.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Sequences that run at once.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>True where embeddings are served.</summary>
    public required bool Embeddings { get; init; }
}
