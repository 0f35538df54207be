using Amnion.Inference.Pool;

namespace Amnion.Inference;

/// <summary>
/// Shares workers among tenants. A worker serves one tenant only and is killed before another tenant's turn, so nothing of
/// one tenant is ever in a process of another; the weights are mapped once by all. Turns go round: while others wait, a
/// tenant starts new requests for a quantum, then its running ones finish and the tenant that waited longest is next. A
/// tenant therefore waits at most one quantum and one longest request for each tenant before it.
/// </summary>
public sealed partial class WorkerPool : IAsyncDisposable
{
    readonly WorkerPoolOptions options;
    readonly WeightsMemory weights;
    readonly TimeProvider time;
    readonly Lock gate = new();
    readonly TenantSlot[] slots;
    readonly LinkedList<TenantQueue> turns = new();
    readonly Dictionary<string, TenantQueue> queues = new(StringComparer.Ordinal);
    Task<WorkerClient>? spare;
    long handOvers;
    long deaths;
    bool disposed;

    WorkerPool(WorkerPoolOptions options, WeightsMemory weights, TimeProvider time, WorkerClient first)
    {
        this.options = options;
        this.weights = weights;
        this.time = time;
        Info = first.Info;
        Confinement = first.Confinement;
        spare = Task.FromResult(first);
        slots = [.. Enumerable.Range(0, options.MaxActiveTenants).Select(_ => new TenantSlot())];
    }

    /// <summary>What the workers have loaded.</summary>
    public EngineInfo Info { get; }

    /// <summary>Which layers of confinement hold, checked on the first worker; each later one is checked like it.</summary>
    public ConfinementReport Confinement { get; }

    /// <summary>Numbers for telemetry.</summary>
    public WorkerPoolSnapshot Snapshot
    {
        get
        {
            lock (gate)
            {
                return new WorkerPoolSnapshot(
                    slots.Sum(s => s.Running),
                    turns.Sum(q => q.Waiters.Count),
                    turns.Count(q => q.Waiters.Count > 0),
                    slots.Count(s => s.Client is { IsDead: false }),
                    handOvers,
                    deaths);
            }
        }
    }

    /// <summary>The processes that serve or are about to serve a tenant; for tests and measurements.</summary>
    internal IReadOnlyList<int> WorkerProcessIds
    {
        get
        {
            lock (gate)
            {
                var ready = spare is { IsCompletedSuccessfully: true } ? [spare.Result.ProcessId] : Array.Empty<int>();
                return [.. slots.Where(s => s.Client is not null).Select(s => s.Client!.ProcessId), .. ready];
            }
        }
    }

    /// <summary>Starts the first worker, which checks options, model and confinement.</summary>
    /// <param name="options">How tenants share workers.</param>
    /// <param name="weights">The sealed weights; they must outlive the pool.</param>
    /// <param name="timeProvider">The clock of quanta and time limits.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="InferenceException">The worker could not be started, confined or loaded.</exception>
    public static async Task<WorkerPool> StartAsync(WorkerPoolOptions options, WeightsMemory weights, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(timeProvider);
        var problems = options.Worker.FindProblems();
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxActiveTenants, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRequestsPerTenant, 1);
        var first = await WorkerClient.StartAsync(options.Worker, weights, prepare: true, timeProvider, cancellationToken).ConfigureAwait(false);
        return new WorkerPool(options, weights, timeProvider, first);
    }

    /// <summary>A tenant's engine. The name is opaque; equal names share a worker.</summary>
    public LlamaWorkerEngine ForTenant(string tenant)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        return new LlamaWorkerEngine(this, tenant);
    }

    /// <summary>Ends all workers; their requests fail.</summary>
    public async ValueTask DisposeAsync()
    {
        List<WorkerClient> clients;
        Task<WorkerClient>? last;
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            clients = [.. slots.Select(s => s.Client).OfType<WorkerClient>()];
            last = spare;
            foreach (var queue in turns.ToArray())
            {
                Refuse(queue, InferenceCodes.EngineClosed);
            }
        }

        if (last is not null)
        {
            await last.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            if (last.IsCompletedSuccessfully)
            {
                clients.Add(await last.ConfigureAwait(false));
            }
        }

        foreach (var client in clients)
        {
            client.Dispose();
            await client.Exited.ConfigureAwait(false);
        }
    }
}
