using System.Text;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>A plain completion ("text_completion"), streamed or in one piece: both have the same shape.</summary>
sealed class CompletionAnswer(AnswerHead head, AnswerBuffer output, bool stream, bool includeUsage) : AnswerWriter(head, output)
{
    readonly EventStream _events = new(output);
    readonly StringBuilder _text = new();

    public override bool IsStream => stream;

    public override void Start()
    {
    }

    public override void Text(string piece)
    {
        if (stream)
        {
            WriteEvent(piece, null);
        }
        else
        {
            _text.Append(piece);
        }
    }

    public override void ToolCall(string callId, string name, string arguments) => throw new InvalidOperationException("Plain completions have no tools.");

    public override void End(AnswerEnd reason, TokenUsage usage)
    {
        if (!stream)
        {
            using var json = new Utf8JsonWriter(Output, ApiJson.Options);
            Write(json, _text.ToString(), reason, usage);
            return;
        }

        WriteEvent("", reason);
        if (includeUsage)
        {
            Write(_events.Begin(), null, null, usage);
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

    void WriteEvent(string piece, AnswerEnd? reason)
    {
        Write(_events.Begin(), piece, reason, null);
        _events.End();
    }

    void Write(Utf8JsonWriter json, string? text, AnswerEnd? reason, TokenUsage? usage)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, "cmpl-" + Head.Exchange);
        json.WriteString("object"u8, "text_completion"u8);
        json.WriteNumber("created"u8, Head.Created);
        json.WriteString("model"u8, Head.Model);
        json.WriteNull("system_fingerprint"u8);
        json.WriteStartArray("choices"u8);
        if (text is not null)
        {
            json.WriteStartObject();
            json.WriteString("text"u8, text);
            json.WriteNumber("index"u8, 0);
            json.WriteNull("logprobs"u8);
            ChatAnswer.WriteFinish(json, reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (usage is { } used)
        {
            used.Write(json);
        }
        else if (includeUsage)
        {
            json.WriteNull("usage"u8);
        }

        json.WriteEndObject();
    }
}
