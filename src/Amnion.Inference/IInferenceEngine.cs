namespace Amnion.Inference;

/// <summary>The engine seam: what answers prompts. Implementations serve many requests at once.</summary>
public interface IInferenceEngine : IAsyncDisposable
{
    /// <summary>What is loaded, and its sizes.</summary>
    EngineInfo Info { get; }

    /// <summary>
    /// Generates text. Yields any number of <see cref="GenerationEvent.Text"/> and <see cref="GenerationEvent.ToolCall"/> and then exactly one
    /// <see cref="GenerationEvent.Completed"/> or <see cref="GenerationEvent.Failed"/>. Failures are events, not exceptions;
    /// only cancellation throws (<see cref="OperationCanceledException"/>). Leaving the enumeration cancels the request.
    /// </summary>
    IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>One input's embedding, of Euclidean length 1.</summary>
    /// <exception cref="InferenceException">The request failed; the code says why.</exception>
    Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken);
}
