using System.Runtime.CompilerServices;

namespace Amnion.Inference.OpenAi;

/// <summary>
/// One tenant's view of an <see cref="OpenAiService"/>: a server with OpenAI's API on this machine's loopback answers. Requests have connections
/// of their own, but the process behind them is one for all tenants, with whatever caches it has.
/// </summary>
public sealed class OpenAiEngine : IInferenceEngine
{
    readonly OpenAiService service;
    readonly string tenant;

    internal OpenAiEngine(OpenAiService service, string tenant)
    {
        this.service = service;
        this.tenant = tenant;
    }

    /// <inheritdoc/>
    public EngineInfo Info => service.Info;

    /// <inheritdoc/>
    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (RequestLimits.FindProblem(request) is not null)
        {
            yield return new GenerationEvent.Failed(InferenceCodes.RequestInvalid);
            yield break;
        }

        if (await service.Turns.EnterAsync(tenant, cancellationToken).ConfigureAwait(false) is not { } turn)
        {
            yield return new GenerationEvent.Failed(InferenceCodes.Busy);
            yield break;
        }

        using (turn)
        {
            var exchange = new GenerationExchange(service.Client, service.Options, request, service.Time, cancellationToken);
            await using (exchange.ConfigureAwait(false))
            {
                while (await exchange.NextAsync().ConfigureAwait(false) is { } happened)
                {
                    yield return happened;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (RequestLimits.FindProblem(request.Input) is not null)
        {
            throw new InferenceException(InferenceCodes.RequestInvalid, "The input is outside its limits.");
        }

        using var turn = await service.Turns.EnterAsync(tenant, cancellationToken).ConfigureAwait(false)
            ?? throw new InferenceException(InferenceCodes.Busy, "The embedding was not started.");
        return await EmbeddingExchange.RunAsync(service.Client, service.Options, request, service.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does nothing: the service is shared and belongs to whoever started it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
