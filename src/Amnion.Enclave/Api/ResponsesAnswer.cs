using System.Text;
using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>An answer of the Responses API, streamed as its typed events or in one piece.</summary>
sealed class ResponsesAnswer(AnswerHead head, AnswerBuffer output, ResponsesRequest request) : AnswerWriter(head, output)
{
    readonly EventStream _events = new(output);
    readonly List<ResponseItem> _items = [];
    readonly StringBuilder _text = new();
    int _sequence;
    bool _isFiltered;

    public override bool IsStream => request.Stream;

    public override void Start()
    {
        WriteResponseEvent("response.created", "in_progress", null, null);
        WriteResponseEvent("response.in_progress", "in_progress", null, null);
    }

    public override void Text(string piece)
    {
        if (_items is not [.., { IsOpen: true } open])
        {
            open = OpenMessage();
        }

        _text.Append(piece);
        WriteEvent("response.output_text.delta"u8, "response.output_text.delta", json =>
        {
            WriteContentPlace(json, open);
            json.WriteString("delta"u8, piece);
            WriteEmptyArray(json, "logprobs");
        });
    }

    public override void ToolCall(string callId, string name, string arguments)
    {
        CloseMessage("completed");
        var item = new ResponseItem($"fc_{Head.Exchange}{_items.Count:x2}", _items.Count, callId, name, arguments);
        _items.Add(item);
        WriteItemEvent("response.output_item.added", item, item with { Content = "" }, "in_progress");
        WriteEvent("response.function_call_arguments.delta"u8, "response.function_call_arguments.delta", json =>
        {
            WritePlace(json, item);
            json.WriteString("delta"u8, arguments);
        });
        WriteEvent("response.function_call_arguments.done"u8, "response.function_call_arguments.done", json =>
        {
            WritePlace(json, item);
            json.WriteString("name"u8, name);
            json.WriteString("arguments"u8, arguments);
        });
        WriteItemEvent("response.output_item.done", item, item, "completed");
    }

    public override void End(AnswerEnd reason, TokenUsage usage)
    {
        _isFiltered = reason == AnswerEnd.Filtered;
        var status = _isFiltered || reason == AnswerEnd.Length ? "incomplete" : "completed";
        if (_items.Count == 0)
        {
            OpenMessage();
        }

        CloseMessage(status);
        if (request.Stream)
        {
            WriteResponseEvent("response." + status, status, usage, null);
            return;
        }

        using var json = new Utf8JsonWriter(Output, ApiJson.Options);
        WriteResponse(json, status, usage, null);
    }

    public override void Fail(ApiError error) => WriteResponseEvent("response.failed", "failed", null, error);

    public override void Dispose()
    {
        _events.Dispose();
        base.Dispose();
    }

    ResponseItem OpenMessage()
    {
        var item = new ResponseItem($"msg_{Head.Exchange}{_items.Count:x2}", _items.Count, null, null, "") { IsOpen = true };
        _items.Add(item);
        WriteItemEvent("response.output_item.added", item, item, "in_progress");
        WriteEvent("response.content_part.added"u8, "response.content_part.added", json =>
        {
            WriteContentPlace(json, item);
            json.WritePropertyName("part"u8);
            item.WriteContent(json);
        });
        return item;
    }

    void CloseMessage(string status)
    {
        if (_items is not [.., { IsOpen: true } open])
        {
            return;
        }

        var closed = open with { Content = _text.ToString(), IsOpen = false };
        _items[^1] = closed;
        _text.Clear();
        WriteEvent("response.output_text.done"u8, "response.output_text.done", json =>
        {
            WriteContentPlace(json, closed);
            json.WriteString("text"u8, closed.Content);
            WriteEmptyArray(json, "logprobs");
        });
        WriteEvent("response.content_part.done"u8, "response.content_part.done", json =>
        {
            WriteContentPlace(json, closed);
            json.WritePropertyName("part"u8);
            closed.WriteContent(json);
        });
        WriteItemEvent("response.output_item.done", closed, closed, status);
    }

    static void WritePlace(Utf8JsonWriter json, ResponseItem item)
    {
        json.WriteString("item_id"u8, item.Id);
        json.WriteNumber("output_index"u8, item.Index);
    }

    static void WriteContentPlace(Utf8JsonWriter json, ResponseItem item)
    {
        WritePlace(json, item);
        json.WriteNumber("content_index"u8, 0);
    }

    void WriteItemEvent(string type, ResponseItem place, ResponseItem item, string status) => WriteEvent(Encoding.ASCII.GetBytes(type), type, json =>
    {
        json.WriteNumber("output_index"u8, place.Index);
        json.WritePropertyName("item"u8);
        item.Write(json, status);
    });

    void WriteResponseEvent(string type, string status, TokenUsage? usage, ApiError? error) => WriteEvent(Encoding.ASCII.GetBytes(type), type, json =>
    {
        json.WritePropertyName("response"u8);
        WriteResponse(json, status, usage, error);
    });

    void WriteEvent(ReadOnlySpan<byte> name, string type, Action<Utf8JsonWriter> write)
    {
        if (!request.Stream)
        {
            return;
        }

        var json = _events.Begin(name);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("sequence_number"u8, _sequence++);
        write(json);
        json.WriteEndObject();
        _events.End();
    }

    void WriteResponse(Utf8JsonWriter json, string status, TokenUsage? usage, ApiError? error)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, "resp_" + Head.Exchange);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, Head.Created);
        json.WriteString("status"u8, status);
        json.WriteBoolean("background"u8, false);
        WriteError(json, error);
        WriteIncomplete(json, status);
        json.WriteString("model"u8, Head.Model);
        json.WriteStartArray("output"u8);
        if (status != "in_progress")
        {
            foreach (var item in _items)
            {
                item.Write(json, item.IsMessage ? status : "completed");
            }
        }

        json.WriteEndArray();
        request.Echo(json);
        if (usage is { } used)
        {
            used.WriteResponses(json);
        }
        else
        {
            json.WriteNull("usage"u8);
        }

        json.WriteEndObject();
    }

    static void WriteError(Utf8JsonWriter json, ApiError? error)
    {
        if (error is null)
        {
            json.WriteNull("error"u8);
            return;
        }

        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, "server_error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }

    void WriteIncomplete(Utf8JsonWriter json, string status)
    {
        if (status != "incomplete")
        {
            json.WriteNull("incomplete_details"u8);
            return;
        }

        json.WriteStartObject("incomplete_details"u8);
        json.WriteString("reason"u8, _isFiltered ? "content_filter"u8 : "max_output_tokens"u8);
        json.WriteEndObject();
    }

    static void WriteEmptyArray(Utf8JsonWriter json, string name)
    {
        json.WriteStartArray(name);
        json.WriteEndArray();
    }
}
