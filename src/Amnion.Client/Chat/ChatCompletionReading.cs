using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Amnion.Client;

/// <summary>OpenAI chat completion answers as Microsoft.Extensions.AI's types.</summary>
static class ChatCompletionReading
{
    public static ChatResponse Response(JsonElement root)
    {
        var choice = root.GetProperty("choices")[0];
        var message = choice.GetProperty("message");
        var contents = new List<AIContent>();
        if (Text(message, "content") is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        if (message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
            {
                var function = call.GetProperty("function");
                contents.Add(Call(Text(call, "id") ?? string.Empty, Text(function, "name") ?? string.Empty, Text(function, "arguments") ?? "{}"));
            }
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            ResponseId = Text(root, "id"),
            ModelId = Text(root, "model"),
            FinishReason = Finish(choice),
            Usage = Usage(root),
        };
    }

    public static ChatResponseUpdate? Update(JsonElement root, StreamedToolCalls calls)
    {
        if (root.TryGetProperty("error", out var error))
        {
            throw new HttpRequestException(Text(error, "message") ?? "The enclave ended the answer with an error.");
        }

        var contents = new List<AIContent>();
        ChatFinishReason? finish = null;
        if (root.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0)
        {
            var choice = choices[0];
            var delta = choice.GetProperty("delta");
            if (Text(delta, "content") is { Length: > 0 } text)
            {
                contents.Add(new TextContent(text));
            }

            if (delta.TryGetProperty("tool_calls", out var pieces) && pieces.ValueKind == JsonValueKind.Array)
            {
                foreach (var piece in pieces.EnumerateArray())
                {
                    var function = piece.GetProperty("function");
                    calls.Add(piece.GetProperty("index").GetInt32(), Text(piece, "id"), Text(function, "name"), Text(function, "arguments"));
                }
            }

            finish = Finish(choice);
            if (finish is not null)
            {
                contents.AddRange(calls.Take());
            }
        }

        if (Usage(root) is { } usage)
        {
            contents.Add(new UsageContent(usage));
        }

        return contents.Count == 0 && finish is null
            ? null
            : new ChatResponseUpdate(ChatRole.Assistant, contents) { ResponseId = Text(root, "id"), MessageId = Text(root, "id"), ModelId = Text(root, "model"), FinishReason = finish };
    }

    public static FunctionCallContent Call(string id, string name, string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return new FunctionCallContent(id, name, document.RootElement.EnumerateObject().ToDictionary(member => member.Name, object? (member) => member.Value.Clone()));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new FunctionCallContent(id, name) { Exception = e };
        }
    }

    public static string ErrorMessage(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Text(document.RootElement.GetProperty("error"), "message") ?? "The enclave refused the request.";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "The enclave refused the request.";
        }
    }

    static ChatFinishReason? Finish(JsonElement choice) => Text(choice, "finish_reason") is { } reason ? new ChatFinishReason(reason) : null;

    static UsageDetails? Usage(JsonElement root) => root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
        ? new UsageDetails
        {
            InputTokenCount = usage.GetProperty("prompt_tokens").GetInt64(),
            OutputTokenCount = usage.GetProperty("completion_tokens").GetInt64(),
            TotalTokenCount = usage.GetProperty("total_tokens").GetInt64(),
        }
        : null;

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
