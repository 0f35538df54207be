using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Amnion.Enclave.Endpoint;
using Amnion.Inference;

namespace Amnion.Enclave.Tests;

/// <summary>An engine that really streams what its script says, one event at a time, each after a turn of the scheduler.</summary>
sealed class FakeEngine : ITenantEngines, IInferenceEngine
{
    /// <summary>The answer's pieces for a request.</summary>
    public Func<GenerationRequest, IEnumerable<string>> Script { get; set; } = _ => ["Hello", ", ", "world", "."];

    public FinishReason Reason { get; set; } = FinishReason.Stop;

    /// <summary>The code to fail with after the pieces, or null.</summary>
    public string? FailureCode { get; set; }

    /// <summary>Where set, each piece waits for one permit.</summary>
    public SemaphoreSlim? Gate { get; set; }

    public GenerationRequest? LastRequest { get; private set; }

    /// <summary>Everything it was ever given, texts to continue and to embed.</summary>
    public ConcurrentQueue<object> Requests { get; } = [];

    /// <summary>As an engine that takes conversations, not prompts.</summary>
    public bool RendersConversations { get; set; }

    public List<string> Tenants { get; } = [];

    /// <summary>Completes when a request was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Prompt => string.Concat(LastRequest!.Prompt.Select(piece => piece.Text));

    public long Replaced => 0;

    public EngineInfo Info { get; } = new()
    {
        Version = "0",
        CpuVariant = "none",
        ModelDescription = "fake",
        Parameters = 1,
        VocabularySize = 1,
        EmbeddingLength = 4,
        TrainedContextTokens = 2048,
        SequenceTokens = 2048,
        ContextTokens = 4096,
        MaxSequences = 2,
        Embeddings = true,
    };

    public IInferenceEngine For(string tenant)
    {
        lock (Tenants)
        {
            Tenants.Add(tenant);
        }

        return this;
    }

    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LastRequest = request;
        Requests.Enqueue(request);
        var tokens = 0;
        foreach (var piece in Script(request))
        {
            await WaitAsync(cancellationToken);
            tokens++;
            yield return new GenerationEvent.Text(Encoding.UTF8.GetBytes(piece), 1);
        }

        if (FailureCode is { } code)
        {
            yield return new GenerationEvent.Failed(code);
            yield break;
        }

        yield return new GenerationEvent.Completed(Reason, 7, tokens + 1);
    }

    public Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        return FailureCode is { } code
            ? Task.FromException<EmbeddingResult>(new InferenceException(code, "It fails."))
            : Task.FromResult(new EmbeddingResult([1, 0, 0.5f, request.Input[0].Text.Length], 3));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            if (Gate is { } gate)
            {
                await gate.WaitAsync(cancellation);
            }
            else
            {
                await Task.Yield();
            }

            cancellation.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }
}
