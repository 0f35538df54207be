using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>Reads chat completion messages.</summary>
static class MessageReader
{
    /// <summary>Most messages of one request.</summary>
    public const int MaxMessages = 4096;

    const int MaxParts = 1024;
    const int MaxIdLength = 256;

    public static ImmutableArray<ChatTurn> Read(ApiObject request)
    {
        var items = request.Items("messages", MaxMessages) ?? throw new ApiException(ApiError.Missing("messages"));
        return items.IsEmpty
            ? throw new ApiException(ApiError.Invalid("messages", "must not be empty"))
            : [.. items.Select(item => ReadMessage(new ApiObject(item.Value, item.Path)))];
    }

    /// <summary>A string, or an array of text parts joined.</summary>
    public static string ReadContent(JsonElement value, string name, params string[] partTypes)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return ApiObject.ReadText(value, name);
        }

        var text = new StringBuilder();
        foreach (var (item, path) in ApiObject.ReadItems(value, name, MaxParts))
        {
            var part = new ApiObject(item, path);
            var type = part.RequiredText("type", 32);
            if (!partTypes.Contains(type))
            {
                throw new ApiException(ApiError.UnsupportedValue(part.Name("type"), "must be text: this enclave takes no images, audio or files"));
            }

            text.Append(part.RequiredText("text"));
            part.Accept("annotations", "logprobs");
            part.End();
        }

        return text.ToString();
    }

    static ChatTurn ReadMessage(ApiObject message)
    {
        var role = message.RequiredText("role", 32) switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "tool" => ChatRole.Tool,
            _ => throw new ApiException(ApiError.Invalid(message.Name("role"), "must be 'system', 'developer', 'user', 'assistant' or 'tool'")),
        };
        var calls = role == ChatRole.Assistant ? ReadCalls(message) : [];
        var content = message.Any("content") switch
        {
            { } value => ReadContent(value, message.Name("content"), "text"),
            null when calls.Length > 0 => "",
            null => throw new ApiException(ApiError.Missing(message.Name("content"))),
        };
        var answers = role == ChatRole.Tool ? message.RequiredText("tool_call_id", MaxIdLength) : null;
        message.Refuse("name", "audio", "function_call", "refusal");
        message.Accept("annotations");
        message.End();
        return new ChatTurn(role, content) { ToolCalls = calls, AnswersCall = answers };
    }

    static ImmutableArray<ChatToolCall> ReadCalls(ApiObject message)
    {
        return [.. (message.Items("tool_calls", ToolText.MaxCalls) ?? []).Select(item => ReadCall(new ApiObject(item.Value, item.Path)))];

        static ChatToolCall ReadCall(ApiObject call)
        {
            call.OnlyText("type", "function");
            var id = call.RequiredText("id", MaxIdLength);
            call.Accept("index");
            var function = call.Object("function") ?? throw new ApiException(ApiError.Missing(call.Name("function")));
            var name = function.RequiredText("name", ToolReader.MaxNameLength);
            var arguments = function.RequiredText("arguments");
            function.End();
            call.End();
            return new ChatToolCall(name, arguments) { Id = id };
        }
    }
}
