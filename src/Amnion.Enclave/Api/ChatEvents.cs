using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>A streamed chat completion: "chat.completion.chunk" events and [DONE].</summary>
sealed class ChatEvents(AnswerHead head, AnswerBuffer output, bool includeUsage) : AnswerWriter(head, output)
{
    readonly EventStream _events = new(output);
    int _calls;

    public override bool IsStream => true;

    public override void Start() => Write(null, static (json, _) =>
    {
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, ""u8);
    }, 0);

    public override void Text(string piece) => Write(null, static (json, text) => json.WriteString("content"u8, text), piece);

    public override void ToolCall(string callId, string name, string arguments) => Write(null, static (json, call) =>
    {
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, call.Index);
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, call.Arguments);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }, (Index: _calls++, Id: callId, Name: name, Arguments: arguments));

    public override void End(AnswerEnd reason, TokenUsage usage)
    {
        Write(reason, static (_, _) => { }, 0);
        if (includeUsage)
        {
            var json = Begin();
            json.WriteStartArray("choices"u8);
            json.WriteEndArray();
            usage.Write(json);
            json.WriteEndObject();
            _events.End();
        }

        _events.Done();
    }

    public override void Fail(ApiError error)
    {
        error.Write(_events.Begin());
        _events.End();
    }

    public override void Dispose()
    {
        _events.Dispose();
        base.Dispose();
    }

    void Write<T>(AnswerEnd? reason, Action<Utf8JsonWriter, T> delta, T state)
    {
        var json = Begin();
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        delta(json, state);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        ChatAnswer.WriteFinish(json, reason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
        {
            json.WriteNull("usage"u8);
        }

        json.WriteEndObject();
        _events.End();
    }

    Utf8JsonWriter Begin()
    {
        var json = _events.Begin();
        json.WriteStartObject();
        ChatAnswer.WriteHead(json, Head, "chat.completion.chunk");
        return json;
    }
}
