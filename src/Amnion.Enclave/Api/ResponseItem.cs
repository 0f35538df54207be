using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>One output item of the Responses API: a message, or (where a tool is named) a function call.</summary>
/// <param name="Id">The item's identifier.</param>
/// <param name="Index">Its place in the output.</param>
/// <param name="CallId">The call's identifier, or null for a message.</param>
/// <param name="Name">The called tool, or null for a message.</param>
/// <param name="Content">The message's text, or the call's arguments as JSON text.</param>
sealed record ResponseItem(string Id, int Index, string? CallId, string? Name, string Content)
{
    /// <summary>True for a message.</summary>
    public bool IsMessage => Name is null;

    /// <summary>True for a message that is still being written.</summary>
    public bool IsOpen { get; init; }

    public void Write(Utf8JsonWriter json, string status)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, IsMessage ? "message"u8 : "function_call"u8);
        json.WriteString("status"u8, status);
        if (IsMessage)
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteStartArray("content"u8);
            if (!IsOpen)
            {
                WriteContent(json);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("call_id"u8, CallId);
            json.WriteString("name"u8, Name);
            json.WriteString("arguments"u8, Content);
        }

        json.WriteEndObject();
    }

    /// <summary>The message's one content part.</summary>
    public void WriteContent(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "output_text"u8);
        json.WriteString("text"u8, Content);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
