using System.Text.Json;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>POST /v1/responses. Nothing is stored, so everything that refers to an earlier response is refused.</summary>
sealed class ResponsesRequest
{
    readonly JsonElement _source;

    ResponsesRequest(JsonElement source, ChatCall call, bool stream)
    {
        _source = source;
        Call = call;
        Stream = stream;
    }

    /// <summary>The conversation.</summary>
    public ChatCall Call { get; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool Stream { get; }

    public static ResponsesRequest Read(ApiObject request)
    {
        var model = request.RequiredText("model", 256);
        var tools = ToolReader.ReadTools(request, nested: false, out var strict);
        var choice = ToolReader.ReadChoice(request, nested: false, tools);
        ToolReader.CheckStrict(strict, choice);
        var turns = ResponsesInput.Read(request.Required("input"));
        if (request.Text("instructions") is { } instructions)
        {
            turns = turns.Insert(0, new ChatTurn(ChatRole.System, instructions));
        }

        if (turns.IsEmpty)
        {
            throw new ApiException(ApiError.Invalid("input", "must not be empty"));
        }

        var call = new ChatCall
        {
            Model = model,
            Turns = turns,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = request.Flag("parallel_tool_calls") ?? true,
            Format = ReadFormat(request),
            Sampling = new SamplingParameters
            {
                Temperature = request.Number("temperature", 0, 2) ?? 1,
                TopP = request.Number("top_p", 0, 1) ?? 1,
                MaxTokens = (int?)request.Integer("max_output_tokens", 1, int.MaxValue),
            },
            FormatMember = "text.format",
        };
        var stream = request.Flag("stream") ?? false;
        _ = StreamOptions.Read(request, stream);
        CheckUnsupported(request);
        request.End();
        return new ResponsesRequest(request.Element, call, stream);
    }

    /// <summary>Writes the request's parameters back into the response object, as OpenAI does.</summary>
    public void Echo(Utf8JsonWriter json)
    {
        Copy(json, "instructions");
        Copy(json, "max_output_tokens");
        json.WriteNull("max_tool_calls"u8);
        Copy(json, "metadata", static json => WriteEmpty(json));
        json.WriteBoolean("parallel_tool_calls"u8, Call.ParallelToolCalls);
        json.WriteNull("previous_response_id"u8);
        json.WriteStartObject("reasoning"u8);
        json.WriteNull("effort"u8);
        json.WriteNull("summary"u8);
        json.WriteEndObject();
        json.WriteString("service_tier"u8, "default"u8);
        json.WriteBoolean("store"u8, false);
        json.WriteNumber("temperature"u8, Call.Sampling.Temperature);
        Copy(json, "text", static json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "text"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        Copy(json, "tool_choice", static json => json.WriteStringValue("auto"u8));
        Copy(json, "tools", static json =>
        {
            json.WriteStartArray();
            json.WriteEndArray();
        });
        json.WriteNumber("top_p"u8, Call.Sampling.TopP);
        json.WriteString("truncation"u8, "disabled"u8);
        Copy(json, "user");
    }

    static OutputFormat ReadFormat(ApiObject request)
    {
        if (request.Object("text") is not { } text)
        {
            return OutputFormat.Text;
        }

        var format = text.Object("format") is { } value ? OutputFormat.ReadResponses(value) : OutputFormat.Text;
        text.OnlyText("verbosity", "medium");
        text.End();
        return format;
    }

    static void CheckUnsupported(ApiObject request)
    {
        CommonParameters.Check(request);
        request.Refuse("previous_response_id", "conversation", "prompt", "max_tool_calls", "context_management", "prompt_cache_retention");
        request.OnlyFalse("background");
        request.OnlyText("truncation", "disabled");
        request.Only("include", static value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0, "is not supported (only empty)");
        request.Only("reasoning", static value => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.Null), "is not supported (only empty)");
        request.Only("top_logprobs", static value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number == 0, "is only supported as 0");
    }

    void Copy(Utf8JsonWriter json, string member, Action<Utf8JsonWriter>? absent = null)
    {
        json.WritePropertyName(member);
        if (_source.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            value.WriteTo(json);
        }
        else if (absent is null)
        {
            json.WriteNullValue();
        }
        else
        {
            absent(json);
        }
    }

    static void WriteEmpty(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }
}
