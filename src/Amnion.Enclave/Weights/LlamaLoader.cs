using Amnion.Enclave.Endpoint;
using Amnion.Inference;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Enclave.Weights;

/// <summary>Starts llama.cpp in confined workers of this same program, sized by the measured engine configuration.</summary>
sealed class LlamaLoader(TimeProvider time) : IModelLoader
{
    /// <summary>What the engine configuration must call this engine, followed by its version.</summary>
    public const string Name = "llama.cpp ";

    /// <summary>The engine's libraries stand beside the program.</summary>
    public static string Libraries => Path.Combine(AppContext.BaseDirectory, "lib");

    /// <inheritdoc/>
    public void Check(EngineConfiguration engine)
    {
        if (engine.Workload is not null)
        {
            throw new EnclaveRefusedException(EnclaveCodes.EngineKind);
        }
    }

    /// <inheritdoc/>
    public IWeightsFile Create(ModelFile file) => new MemoryWeights(WeightsMemory.Create(Math.Max(1, file.PlainLength)));

    /// <inheritdoc/>
    public async Task<ITenantEngines> LoadAsync(IWeightsFile weights, EngineConfiguration engine, CancellationToken cancellation)
    {
        var worker = new WorkerOptions
        {
            EngineDirectory = Libraries,
            SequenceTokens = engine.Context,
            ContextTokens = (int)Math.Min((long)engine.Context * engine.Slots, WorkerOptions.MaxContextTokens),
            MaxSequences = engine.Slots,
            Pooling = EmbeddingPooling.Mean,
        };
        if (engine.Threads > 0)
        {
            worker = worker with { Threads = Math.Min(engine.Threads, WorkerOptions.MaxThreads) };
        }

        var pool = await WorkerPool.StartAsync(new WorkerPoolOptions { Worker = worker }, ((MemoryWeights)weights).Memory, time, cancellation).ConfigureAwait(false);
        if ((Name + pool.Info.Version).StartsWith(engine.Engine, StringComparison.Ordinal))
        {
            return new Engines(pool);
        }

        // Register 17 says which engine this is; another one must not answer under its name.
        await pool.DisposeAsync().ConfigureAwait(false);
        throw new InferenceException(InferenceCodes.EngineVersionMismatch, "The engine is not the one that the engine configuration names.");
    }

    sealed class Engines(WorkerPool pool) : ITenantEngines
    {
        public long Replaced
        {
            get
            {
                var numbers = pool.Snapshot;
                return numbers.HandOvers + numbers.Deaths;
            }
        }

        public IInferenceEngine For(string tenant) => pool.ForTenant(tenant);

        public ValueTask DisposeAsync() => pool.DisposeAsync();
    }
}
