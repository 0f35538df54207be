using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>Embeds waiting texts, as many at once as fit a batch; the cache is zeroed after each.</summary>
sealed unsafe class Embedder(LlamaContext context, int maxSequences, int batchTokens, int length, FrameWriter writer) : IDisposable
{
    readonly Queue<EmbeddingJob> waiting = new();
    readonly List<EmbeddingJob> batched = new(maxSequences);
    readonly NativeBatch batch = new(batchTokens);
    readonly float[] vector = new float[length];

    public bool HasWork => waiting.Count > 0;

    public int MaxTokens => batchTokens;

    public void Add(EmbeddingJob job) => waiting.Enqueue(job);

    public void Step()
    {
        batch.Clear();
        while (batched.Count < maxSequences && waiting.TryPeek(out var job) && job.Input.Count <= batch.Free)
        {
            _ = waiting.Dequeue();
            for (var i = 0; i < job.Input.Count; i++)
            {
                batch.Add(job.Input[i], i, batched.Count, output: true);
            }

            batched.Add(job);
        }

        var decoded = context.Decode(batch.Value) == 0;
        for (var i = 0; i < batched.Count; i++)
        {
            var embedding = decoded ? context.GetEmbedding(i) : null;
            if (embedding != null && Normalize(new ReadOnlySpan<float>(embedding, length)))
            {
                WorkerFrames.WriteEmbedding(writer, batched[i].Id, batched[i].Input.Count, vector);
            }
            else
            {
                WorkerFrames.WriteFailed(writer, batched[i].Id, FailureCode.DecodeFailed);
            }

            batched[i].Input.Dispose();
        }

        batched.Clear();
        Array.Clear(vector);
        context.Wipe();
        batch.Wipe();
    }

    public void Dispose()
    {
        batch.Dispose();
        context.Dispose();
    }

    /// <summary>To Euclidean length 1; false where there is no direction.</summary>
    bool Normalize(ReadOnlySpan<float> embedding)
    {
        var sum = 0.0;
        foreach (var value in embedding)
        {
            sum += (double)value * value;
        }

        if (!double.IsFinite(sum) || sum == 0)
        {
            return false;
        }

        var scale = 1 / Math.Sqrt(sum);
        for (var i = 0; i < length; i++)
        {
            vector[i] = (float)(embedding[i] * scale);
        }

        return true;
    }
}
