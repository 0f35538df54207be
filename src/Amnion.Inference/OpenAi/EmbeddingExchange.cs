using System.Security.Cryptography;
using System.Text.Json;

namespace Amnion.Inference.OpenAi;

/// <summary>One embedding: a request, and an answer whose every number is checked.</summary>
static class EmbeddingExchange
{
    /// <exception cref="InferenceException">The server refused, failed, or answered something else.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<EmbeddingResult> RunAsync(WorkloadClient client, OpenAiOptions options, EmbeddingRequest request, TimeProvider time, CancellationToken caller)
    {
        using var limit = new CancellationTokenSource(options.FirstEventWithin, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(caller, limit.Token);
        try
        {
            using var response = await client.PostAsync("/v1/embeddings", RequestWriter.Embedding(request, options.Model), "application/json", ended.Token).ConfigureAwait(false);
            var body = await WorkloadClient.ReadAsync(response, OpenAiLimits.EmbeddingBytes, ended.Token).ConfigureAwait(false);
            try
            {
                return Read(body);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(body);
            }
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new InferenceException(InferenceCodes.WorkloadStalled, "The workload gave no embedding in time.");
        }
        catch (Exception e) when (WorkloadClient.CodeOf(e) is not null)
        {
            caller.ThrowIfCancellationRequested();
            var code = WorkloadClient.CodeOf(e)!;
            throw new InferenceException(code == InferenceCodes.WorkloadRefused ? InferenceCodes.EmbeddingsDisabled : code, "The workload gave no embedding.");
        }
    }

    static EmbeddingResult Read(ReadOnlyMemory<byte> body)
    {
        using var document = WorkloadJson.Parse(body);
        var data = WorkloadJson.Items(document.RootElement, "data", maxCount: 1).ToArray();
        if (data is not [{ ValueKind: JsonValueKind.Object } item])
        {
            throw WorkloadException.Violation();
        }

        var vector = WorkloadJson.Items(item, "embedding", OpenAiLimits.EmbeddingLength).Select(ReadNumber).ToArray();
        var length = Math.Sqrt(vector.Sum(value => (double)value * value));
        if (!(length > 0) || !double.IsFinite(length))
        {
            throw WorkloadException.Violation();
        }

        var tokens = WorkloadJson.Object(document.RootElement, "usage") is { } usage ? WorkloadJson.Count(usage, "prompt_tokens", int.MaxValue) : 0;
        return new EmbeddingResult([.. vector.Select(value => (float)(value / length))], Math.Min(tokens, RequestLimits.PromptBytes));
    }

    static float ReadNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number) ? number : throw WorkloadException.Violation();
}
