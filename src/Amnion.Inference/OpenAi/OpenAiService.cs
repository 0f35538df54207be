using System.Net;

namespace Amnion.Inference.OpenAi;

/// <summary>
/// A server with OpenAI's API that runs beside this process and listens on 127.0.0.1: waits until it is ready, watches whether it still listens, and
/// gives each tenant an engine. What the server is, and that it is this one, is for whoever measured it to say.
/// </summary>
public sealed class OpenAiService : IAsyncDisposable
{
    // Times in a row that nobody listens before it counts as the end; a full backlog drops connections and refuses none.
    const int RefusalsToEnd = 3;

    static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RefusalInterval = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource stop = new();
    Task watch = Task.CompletedTask;
    volatile bool ended;

    OpenAiService(OpenAiOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Client = new WorkloadClient(options.Port);
        Turns = new TurnQueue(options.MaxConcurrent, options.MaxWaiting);
        Info = new EngineInfo
        {
            Version = options.Name,
            CpuVariant = "unknown",
            ModelDescription = options.Model,
            Parameters = 0,
            VocabularySize = 0,
            EmbeddingLength = 0,
            TrainedContextTokens = 0,
            SequenceTokens = 0,
            ContextTokens = 0,
            MaxSequences = options.MaxConcurrent,
            Embeddings = true,
        };
    }

    /// <summary>What is known of it: names, and zero for every number that only the server knows.</summary>
    public EngineInfo Info { get; }

    /// <summary>True once nobody listens on its port any more. It stays so.</summary>
    public bool HasEnded => ended;

    internal OpenAiOptions Options { get; }

    internal TimeProvider Time { get; }

    internal WorkloadClient Client { get; }

    internal TurnQueue Turns { get; }

    /// <summary>Waits until the server answers that it is ready: 200 for /health, or for /v1/models where it knows no /health.</summary>
    /// <exception cref="InferenceException">It was not ready in time.</exception>
    public static async Task<OpenAiService> StartAsync(OpenAiOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var service = new OpenAiService(options, time);
        try
        {
            await service.WaitAsync(cancellationToken).ConfigureAwait(false);
            service.watch = service.WatchAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A tenant's engine.</summary>
    public OpenAiEngine ForTenant(string tenant) => new(this, tenant);

    /// <summary>Stops watching. The server runs on: it is another process.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        Client.Dispose();
        Turns.Dispose();
        stop.Dispose();
    }

    async Task WaitAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Options.ReadyWithin, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            while (!await IsReadyAsync(either.Token).ConfigureAwait(false))
            {
                await Task.Delay(Options.ReadyInterval, Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new InferenceException(InferenceCodes.WorkloadNotReady, "The workload was not ready in time.");
        }
    }

    async Task<bool> IsReadyAsync(CancellationToken cancellation) => (await ProbeAsync("/health", cancellation).ConfigureAwait(false)).Status switch
    {
        HttpStatusCode.OK => true,
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented =>
            (await ProbeAsync("/v1/models", cancellation).ConfigureAwait(false)).Status == HttpStatusCode.OK,
        _ => false,
    };

    async Task<(HttpStatusCode? Status, bool Refused)> ProbeAsync(string path, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ProbeWithin, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await Client.ProbeAsync(path, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Slow is not gone: it may be busy with a long prompt.
            return (null, false);
        }
    }

    async Task WatchAsync()
    {
        try
        {
            for (var refusals = 0; refusals < RefusalsToEnd;)
            {
                await Task.Delay(refusals == 0 ? Options.WatchInterval : RefusalInterval, Time, stop.Token).ConfigureAwait(false);
                refusals = (await ProbeAsync("/health", stop.Token).ConfigureAwait(false)).Refused ? refusals + 1 : 0;
            }

            ended = true;
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
