using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>POST /v1/completions.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="Prompt">The text to continue.</param>
/// <param name="Sampling">How.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
/// <param name="IncludeUsage">Whether the stream ends with usage.</param>
sealed record CompletionRequest(string Model, string Prompt, SamplingParameters Sampling, bool Stream, bool IncludeUsage)
{
    // OpenAI's default for this endpoint.
    const int DefaultMaxTokens = 16;

    public static CompletionRequest Read(ApiObject request)
    {
        var model = request.RequiredText("model", 256);
        var prompt = ReadPrompt(request.Required("prompt"));
        var sampling = SamplingParameters.Read(request, (int?)request.Integer("max_tokens", 1, int.MaxValue) ?? DefaultMaxTokens);
        var stream = request.Flag("stream") ?? false;
        var includeUsage = StreamOptions.Read(request, stream);
        CommonParameters.Check(request);
        request.Refuse("suffix", "logprobs");
        request.OnlyFalse("echo");
        request.OnlyOne("best_of");
        request.End();
        return new CompletionRequest(model, prompt, sampling, stream, includeUsage);
    }

    static string ReadPrompt(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String)
        {
            return ApiObject.ReadText(value[0], "prompt[0]");
        }

        return value.ValueKind == JsonValueKind.String
            ? ApiObject.ReadText(value, "prompt")
            : throw new ApiException(ApiError.UnsupportedValue("prompt", "is only supported as one string"));
    }
}
