using System.Text;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>A chat completion in one piece.</summary>
sealed class ChatAnswer(AnswerHead head, AnswerBuffer output) : AnswerWriter(head, output)
{
    readonly StringBuilder _text = new();
    readonly List<(string Id, string Name, string Arguments)> _calls = [];

    public override bool IsStream => false;

    public override void Start()
    {
    }

    public override void Text(string piece) => _text.Append(piece);

    public override void ToolCall(string callId, string name, string arguments) => _calls.Add((callId, name, arguments));

    public override void End(AnswerEnd reason, TokenUsage usage)
    {
        using var json = new Utf8JsonWriter(Output, ApiJson.Options);
        json.WriteStartObject();
        WriteHead(json, Head, "chat.completion");
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        WriteContent(json);
        json.WriteNull("refusal"u8);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        WriteCalls(json);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        WriteFinish(json, reason);
        json.WriteEndObject();
        json.WriteEndArray();
        usage.Write(json);
        json.WriteEndObject();
    }

    public override void Fail(ApiError error) => throw new InvalidOperationException("An answer in one piece fails before it is written.");

    /// <summary>The members every chat object starts with.</summary>
    internal static void WriteHead(Utf8JsonWriter json, AnswerHead head, string type)
    {
        json.WriteString("id"u8, "chatcmpl-" + head.Exchange);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, head.Created);
        json.WriteString("model"u8, head.Model);
        json.WriteNull("system_fingerprint"u8);
    }

    internal static void WriteFinish(Utf8JsonWriter json, AnswerEnd? reason)
    {
        if (reason is null)
        {
            json.WriteNull("finish_reason"u8);
            return;
        }

        json.WriteString("finish_reason"u8, reason switch
        {
            AnswerEnd.Stop => "stop",
            AnswerEnd.Length => "length",
            AnswerEnd.Filtered => "content_filter",
            _ => "tool_calls",
        });
    }

    void WriteContent(Utf8JsonWriter json)
    {
        if (_text.Length == 0 && _calls.Count > 0)
        {
            json.WriteNull("content"u8);
        }
        else
        {
            json.WriteString("content"u8, _text.ToString());
        }
    }

    void WriteCalls(Utf8JsonWriter json)
    {
        if (_calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var (id, name, arguments) in _calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, name);
            json.WriteString("arguments"u8, arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
