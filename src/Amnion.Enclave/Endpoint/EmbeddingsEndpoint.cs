using System.Runtime.InteropServices;
using System.Text.Json;
using Amnion.Enclave.Api;
using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>POST /v1/embeddings.</summary>
static class EmbeddingsEndpoint
{
    // Texts handed to the engine at once; it batches them.
    const int AtOnce = 16;

    public static async Task<TokenUsage> WriteAsync(EmbeddingsRequest request, LoadedModel model, string tenant, AnswerBuffer buffer, CancellationToken cancellation)
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
                foreach (var result in await EmbedAsync(engine, texts, cancellation).ConfigureAwait(false))
                {
                    Write(json, index++, result.Vector, request.Base64);
                    tokens += result.PromptTokens;
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
