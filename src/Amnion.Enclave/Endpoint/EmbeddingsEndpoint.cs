using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Amnion.Enclave.Api;
using Amnion.Enclave.Config;
using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>POST /v1/embeddings.</summary>
static class EmbeddingsEndpoint
{
    // Texts handed to the engine at once; it batches them.
    const int AtOnce = 16;

    /// <summary>Writes the whole answer.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="model">The model.</param>
    /// <param name="tenant">Whose worker embeds them.</param>
    /// <param name="buffer">Takes the answer.</param>
    /// <param name="book">Books tokens as texts are handed over: an estimate first, its correction once counted. Who leaves pays for what was begun.</param>
    /// <param name="cancellation">The caller left.</param>
    public static async Task<TokenUsage> WriteAsync(EmbeddingsRequest request, LoadedModel model, string tenant, AnswerBuffer buffer, Action<long> book, CancellationToken cancellation)
    {
        var engine = model.Engines.For(tenant);
        var json = new Utf8JsonWriter(buffer, ApiJson.Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            var tokens = 0;
            var index = 0;
            foreach (var texts in request.Input.Chunk(AtOnce))
            {
                var estimate = texts.Sum(text => QuotaMeter.Estimate(Encoding.UTF8.GetByteCount(text)));
                book(estimate);
                var results = await EmbedAsync(engine, texts, cancellation).ConfigureAwait(false);
                var counted = results.Sum(result => result.PromptTokens);
                book(counted - estimate);
                tokens += counted;
                foreach (var result in results)
                {
                    Write(json, index++, result.Vector, request.Base64);
                }
            }

            json.WriteEndArray();
            json.WriteString("model"u8, model.Name);
            json.WriteStartObject("usage"u8);
            json.WriteNumber("prompt_tokens"u8, tokens);
            json.WriteNumber("total_tokens"u8, tokens);
            json.WriteEndObject();
            json.WriteEndObject();
            return new TokenUsage(tokens, 0);
        }
    }

    static async Task<EmbeddingResult[]> EmbedAsync(IInferenceEngine engine, string[] texts, CancellationToken cancellation)
    {
        try
        {
            return await Task.WhenAll(texts.Select(text => engine.EmbedAsync(new EmbeddingRequest { Input = [new PromptPiece(text, Special: false)] }, cancellation))).ConfigureAwait(false);
        }
        catch (InferenceException e)
        {
            throw new ApiException(EngineErrors.Describe(e.Code));
        }
    }

    static void Write(Utf8JsonWriter json, int index, float[] vector, bool base64)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "embedding"u8);
        json.WriteNumber("index"u8, index);
        if (base64)
        {
            // Little-endian, as on every machine the enclave runs on.
            json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes(vector.AsSpan()));
        }
        else
        {
            json.WriteStartArray("embedding"u8);
            foreach (var value in vector)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
