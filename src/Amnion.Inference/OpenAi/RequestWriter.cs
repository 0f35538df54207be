using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Amnion.Inference.OpenAi;

/// <summary>
/// Writes what the workload's server is asked. Everything in a body is named here: of a caller's request only the texts and the numbers that the
/// seam carries go on, and nothing that says who asks.
/// </summary>
static class RequestWriter
{
    static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Chat(GenerationRequest request, Conversation conversation, string model) => Write(json =>
    {
        json.WriteString("model"u8, model);
        json.WriteStartArray("messages"u8);
        foreach (var turn in conversation.Turns)
        {
            WriteTurn(json, turn);
        }

        json.WriteEndArray();
        WriteGeneration(json, request);
        WriteTools(json, conversation);
        WriteFormat(json, conversation);
    });

    public static byte[] Completion(GenerationRequest request, string model) => Write(json =>
    {
        json.WriteString("model"u8, model);
        json.WriteString("prompt"u8, string.Concat(request.Prompt.Select(piece => piece.Text)));
        WriteGeneration(json, request);
    });

    public static byte[] Embedding(EmbeddingRequest request, string model) => Write(json =>
    {
        json.WriteString("model"u8, model);
        json.WriteString("input"u8, string.Concat(request.Input.Select(piece => piece.Text)));
        json.WriteString("encoding_format"u8, "float"u8);
    });

    static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        var bytes = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return bytes;
    }

    static void WriteGeneration(Utf8JsonWriter json, GenerationRequest request)
    {
        json.WriteBoolean("stream"u8, true);
        json.WriteStartObject("stream_options"u8);
        json.WriteBoolean("include_usage"u8, true);
        json.WriteEndObject();
        json.WriteNumber("max_tokens"u8, request.MaxTokens);
        json.WriteNumber("temperature"u8, request.Sampling.Temperature);
        json.WriteNumber("top_p"u8, request.Sampling.TopP);
        json.WriteNumber("seed"u8, request.Sampling.Seed);
        if (request.Sampling.PresencePenalty != 0)
        {
            json.WriteNumber("presence_penalty"u8, request.Sampling.PresencePenalty);
        }

        if (request.Sampling.FrequencyPenalty != 0)
        {
            json.WriteNumber("frequency_penalty"u8, request.Sampling.FrequencyPenalty);
        }

        if (!request.Stops.IsEmpty)
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in request.Stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }
    }

    static void WriteTurn(Utf8JsonWriter json, ConversationTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, turn.Role switch
        {
            ConversationRole.System => "system"u8,
            ConversationRole.User => "user"u8,
            ConversationRole.Assistant => "assistant"u8,
            _ => "tool"u8,
        });
        if (turn.Text.Length == 0 && !turn.Calls.IsEmpty)
        {
            json.WriteNull("content"u8);
        }
        else
        {
            json.WriteString("content"u8, turn.Text);
        }

        if (turn.AnswersCall is { } answered)
        {
            json.WriteString("tool_call_id"u8, answered);
        }

        if (!turn.Calls.IsEmpty)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in turn.Calls)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, call.Id);
                json.WriteString("type"u8, "function"u8);
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, call.Name);
                json.WriteString("arguments"u8, call.ArgumentsJson);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    static void WriteTools(Utf8JsonWriter json, Conversation conversation)
    {
        if (conversation.Tools.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in conversation.Tools)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, tool.Name);
            if (tool.Description is { } description)
            {
                json.WriteString("description"u8, description);
            }

            if (tool.ParametersJson is { } parameters)
            {
                json.WritePropertyName("parameters"u8);
                json.WriteRawValue(parameters);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls"u8, conversation.ParallelCalls);
        if (conversation.Demand != ToolDemand.Named)
        {
            json.WriteString("tool_choice"u8, conversation.Demand switch
            {
                ToolDemand.Required => "required"u8,
                ToolDemand.Auto => "auto"u8,
                _ => "none"u8,
            });
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, conversation.DemandedTool);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteFormat(Utf8JsonWriter json, Conversation conversation)
    {
        if (!conversation.Json)
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, conversation.JsonSchema is null ? "json_object"u8 : "json_schema"u8);
        if (conversation.JsonSchema is { } schema)
        {
            json.WriteStartObject("json_schema"u8);
            json.WriteString("name"u8, "answer"u8);
            json.WriteBoolean("strict"u8, true);
            json.WritePropertyName("schema"u8);
            json.WriteRawValue(schema);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
