namespace Amnion.Inference.Pool;

/// <summary>An embedding that a worker computes.</summary>
sealed class PendingEmbedding : PendingRequest
{
    readonly TaskCompletionSource<EmbeddingResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<EmbeddingResult> Result => result.Task;

    public void Complete(EmbeddingResult embedding) => result.TrySetResult(embedding);

    public override void Fail(string code) => result.TrySetException(new InferenceException(code, "The embedding failed."));
}
