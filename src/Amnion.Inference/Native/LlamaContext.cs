using System.Runtime.InteropServices;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Native;

/// <summary>An evaluation context: the key-value cache and the compute buffers. One thread at a time.</summary>
sealed unsafe class LlamaContext : SafeHandle
{
    readonly nint memory;
    readonly nint pool;

    LlamaContext(nint context, nint pool)
        : base(0, ownsHandle: true)
    {
        SetHandle(context);
        this.pool = pool;
        memory = Llama.GetMemory(context);
    }

    public override bool IsInvalid => handle == 0;

    public int ContextTokens => (int)Llama.ContextTokens(handle);

    /// <summary>
    /// A context for text. Where the cache has room for every sequence at its longest, each has a part of its own, and
    /// attention looks at that part only: a third less time for a token of a small model with 16 streams. Otherwise all
    /// share one cache, and the scheduler keeps count.
    /// </summary>
    public static LlamaContext ForText(LlamaModel model, int contextTokens, int sequenceTokens, int sequences, int batchTokens, int threads)
    {
        var own = (long)sequenceTokens * sequences;
        var shared = own > contextTokens;
        var parameters = Defaults(shared ? contextTokens : (int)own, sequences, batchTokens, threads);
        parameters.UnifiedCache = shared ? (byte)1 : (byte)0;
        parameters.MaxOutputs = (uint)sequences;
        return Create(model, parameters, threads);
    }

    /// <summary>A context for embeddings: inputs up to one batch, nothing kept between calls.</summary>
    public static LlamaContext ForEmbeddings(LlamaModel model, int sequences, int batchTokens, EmbeddingPooling pooling, int threads)
    {
        var parameters = Defaults(batchTokens, sequences, batchTokens, threads);
        parameters.Embeddings = 1;
        parameters.PoolingType = pooling switch
        {
            EmbeddingPooling.Mean => 1,
            EmbeddingPooling.Last => 3,
            _ => throw new EngineException(FailureCode.EmbeddingsDisabled),
        };
        return Create(model, parameters, threads);
    }

    public int Decode(Batch batch) => Llama.Decode(handle, batch);

    /// <summary>The logits of an output of the last evaluation, by its place in the batch; null where it is none.</summary>
    public float* GetLogits(int index) => Llama.GetLogits(handle, index);

    public float* GetEmbedding(int sequence) => Llama.GetSequenceEmbedding(handle, sequence);

    /// <summary>Frees a sequence's cells.</summary>
    public void Remove(int sequence)
    {
        if (memory != 0)
        {
            _ = Llama.RemoveSequence(memory, sequence, -1, -1);
        }
    }

    /// <summary>Frees all cells and zeroes the cache's bytes.</summary>
    public void Wipe()
    {
        if (memory != 0)
        {
            Llama.ClearMemory(memory, 1);
        }
    }

    protected override bool ReleaseHandle()
    {
        Llama.FreeContext(handle);
        EngineLibraries.FreeThreadPool(pool);
        return true;
    }

    static ContextParams Defaults(int contextTokens, int sequences, int batchTokens, int threads)
    {
        var parameters = Llama.DefaultContextParams();
        parameters.ContextTokens = (uint)contextTokens;
        parameters.BatchTokens = (uint)batchTokens;
        parameters.PhysicalBatchTokens = (uint)batchTokens;
        parameters.MaxSequences = (uint)sequences;
        parameters.Threads = threads;
        parameters.BatchThreads = threads;
        parameters.NoPerformance = 1;
        parameters.UnifiedCache = 1;
        return parameters;
    }

    static LlamaContext Create(LlamaModel model, ContextParams parameters, int threads)
    {
        var context = Llama.CreateContext(model.Pointer, parameters);
        if (context == 0)
        {
            throw new EngineException(FailureCode.ContextRefused);
        }

        var pool = EngineLibraries.CreateThreadPool(threads);
        if (pool != 0)
        {
            Llama.AttachThreadPool(context, pool, pool);
        }

        return new LlamaContext(context, pool);
    }
}
