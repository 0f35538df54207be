using System.Runtime.CompilerServices;
using Amnion.Inference.Pool;

namespace Amnion.Inference;

/// <summary>
/// One tenant's view of a <see cref="WorkerPool"/>: llama.cpp in a confined worker process that serves this tenant alone.
/// Where the worker dies, its requests fail with a code and the next request starts another.
/// </summary>
public sealed class LlamaWorkerEngine : IInferenceEngine
{
    /// <summary>Workers tried for one request where each dies before it takes the request.</summary>
    const int MaxAttempts = 3;

    readonly WorkerPool pool;
    readonly string tenant;

    internal LlamaWorkerEngine(WorkerPool pool, string tenant)
    {
        this.pool = pool;
        this.tenant = tenant;
    }

    /// <inheritdoc/>
    public EngineInfo Info => pool.Info;

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (RequestLimits.FindProblem(request) is not null || request.Conversation is not null)
        {
            yield return new GenerationEvent.Failed(InferenceCodes.RequestInvalid);
            yield break;
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var admission = await pool.AdmitAsync(tenant, cancellationToken).ConfigureAwait(false);
            if (admission.Client is not { } client)
            {
                yield return new GenerationEvent.Failed(admission.Code!);
                yield break;
            }

            var generation = new PendingGeneration(request.MaxTokens) { Ended = admission.Release };
            if (!client.TrySubmit(request, generation, out var id))
            {
                admission.Release!();
                continue;
            }

            var ended = false;
            try
            {
                while (await generation.Events.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    while (generation.Events.TryRead(out var next))
                    {
                        ended |= next is not GenerationEvent.Text;
                        yield return next;
                    }
                }
            }
            finally
            {
                if (!ended)
                {
                    client.Cancel(id);
                }
            }

            yield break;
        }

        yield return new GenerationEvent.Failed(InferenceCodes.WorkerDied);
    }

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (RequestLimits.FindProblem(request.Input) is not null)
        {
            throw new InferenceException(InferenceCodes.RequestInvalid, "The input is outside its limits.");
        }

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var admission = await pool.AdmitAsync(tenant, cancellationToken).ConfigureAwait(false);
            if (admission.Client is not { } client)
            {
                throw new InferenceException(admission.Code!, "The embedding was not started.");
            }

            var embedding = new PendingEmbedding { Ended = admission.Release };
            if (client.TrySubmit(request, embedding, out var id))
            {
                using var cancelled = cancellationToken.UnsafeRegister(_ => client.Cancel(id), null);
                return await embedding.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            admission.Release!();
        }

        throw new InferenceException(InferenceCodes.WorkerDied, "The embedding was not started.");
    }

    /// <summary>Does nothing: the pool owns the workers.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
