using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>Reads the Responses API's "input": a text, or items (messages, function calls and their outputs).</summary>
static class ResponsesInput
{
    const int MaxIdLength = 256;

    public static ImmutableArray<ChatTurn> Read(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
        {
            return [new ChatTurn(ChatRole.User, ApiObject.ReadText(input, "input"))];
        }

        var turns = ImmutableArray.CreateBuilder<ChatTurn>();
        foreach (var (value, path) in ApiObject.ReadItems(input, "input", MessageReader.MaxMessages))
        {
            var item = new ApiObject(value, path);
            switch (item.Text("type", 64) ?? "message")
            {
                case "message":
                    turns.Add(ReadMessage(item));
                    break;
                case "function_call":
                    AddCall(turns, ReadCall(item));
                    break;
                case "function_call_output":
                    turns.Add(ReadOutput(item));
                    break;
                default:
                    throw new ApiException(ApiError.UnsupportedValue(item.Name("type"), "is only supported as 'message', 'function_call' or 'function_call_output'"));
            }
        }

        return turns.ToImmutable();
    }

    static ChatTurn ReadMessage(ApiObject item)
    {
        var role = item.RequiredText("role", 32) switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            _ => throw new ApiException(ApiError.Invalid(item.Name("role"), "must be 'system', 'developer', 'user' or 'assistant'")),
        };
        var content = MessageReader.ReadContent(item.Required("content"), item.Name("content"), "input_text", "output_text", "text");
        item.Accept("id", "status", "phase");
        item.End();
        return new ChatTurn(role, content);
    }

    static ChatToolCall ReadCall(ApiObject item)
    {
        var id = item.RequiredText("call_id", MaxIdLength);
        var call = new ChatToolCall(item.RequiredText("name", ToolReader.MaxNameLength), item.RequiredText("arguments")) { Id = id };
        item.Accept("id", "status");
        item.End();
        return call;
    }

    static ChatTurn ReadOutput(ApiObject item)
    {
        var answers = item.RequiredText("call_id", MaxIdLength);
        var output = MessageReader.ReadContent(item.Required("output"), item.Name("output"), "input_text", "text");
        item.Accept("id", "status");
        item.End();
        return new ChatTurn(ChatRole.Tool, output) { AnswersCall = answers };
    }

    // Calls that follow a message of the assistant, or each other, are one turn of the model.
    static void AddCall(ImmutableArray<ChatTurn>.Builder turns, ChatToolCall call)
    {
        if (turns.Count > 0 && turns[^1].Role == ChatRole.Assistant)
        {
            turns[^1] = turns[^1] with { ToolCalls = turns[^1].ToolCalls.Add(call) };
        }
        else
        {
            turns.Add(new ChatTurn(ChatRole.Assistant, "") { ToolCalls = [call] });
        }
    }
}
