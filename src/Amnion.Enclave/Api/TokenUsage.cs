using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>Tokens of one exchange.</summary>
readonly record struct TokenUsage(int Prompt, int Completion)
{
    /// <summary>Writes OpenAI's usage object of chat and plain completions.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", Prompt);
        json.WriteNumber("completion_tokens", Completion);
        json.WriteNumber("total_tokens", Prompt + Completion);
        json.WriteEndObject();
    }

    /// <summary>Writes the usage object of the Responses API.</summary>
    public void WriteResponses(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", Prompt);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", Completion);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", Prompt + Completion);
        json.WriteEndObject();
    }
}
