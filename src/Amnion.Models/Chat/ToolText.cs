using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Models.Chat;

/// <summary>
/// Tools in text: how they are offered, called and answered. The convention is Qwen 2.5's and Hermes 2 Pro's:
/// &lt;tools&gt; in the system turn, &lt;tool_call&gt; from the model, &lt;tool_response&gt; back.
/// </summary>
public static class ToolText
{
    /// <summary>Calls read from one answer; the rest stays text.</summary>
    public const int MaxCalls = 64;

    const string CallStart = "<tool_call>";
    const string CallEnd = "</tool_call>";
    const int MaxNameLength = 64;

    static readonly string[] Markers = ["<tools>", "</tools>", CallStart, CallEnd, "<tool_response>", "</tool_response>"];

    /// <summary>Splits an answer into its text and the tools it calls. What is not a well-formed call stays text.</summary>
    /// <param name="answer">The model's answer: untrusted.</param>
    public static (string Text, ImmutableArray<ChatToolCall> Calls) Parse(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = new StringBuilder();
        var calls = ImmutableArray.CreateBuilder<ChatToolCall>();
        var at = 0;
        while (calls.Count < MaxCalls && answer.IndexOf(CallStart, at, StringComparison.Ordinal) is >= 0 and var start)
        {
            var body = start + CallStart.Length;
            var end = answer.IndexOf(CallEnd, body, StringComparison.Ordinal);
            if (end < 0 || ReadCall(answer[body..end]) is not { } call)
            {
                text.Append(answer, at, body - at);
                at = body;
                continue;
            }

            text.Append(answer, at, start - at);
            calls.Add(call);
            at = end + CallEnd.Length;
        }

        text.Append(answer, at, answer.Length - at);
        return (calls.Count > 0 ? text.ToString().Trim() : answer, calls.ToImmutable());
    }

    internal static string Offer(IReadOnlyList<ChatTool> tools)
    {
        var text = new StringBuilder("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n")
            .Append("You are provided with function signatures within <tools></tools> XML tags:\n<tools>");
        foreach (var tool in tools)
        {
            text.Append('\n').Append(Describe(tool));
        }

        return text.Append("\n</tools>\n\nFor each function call, return a json object with function name and arguments within ")
            .Append("<tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>").ToString();
    }

    internal static string Calls(ImmutableArray<ChatToolCall> calls, bool afterText)
    {
        var text = new StringBuilder();
        foreach (var call in calls)
        {
            var json = Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", call.Name);
                writer.WritePropertyName("arguments");
                WriteJsonOrText(writer, call.ArgumentsJson);
                writer.WriteEndObject();
            });
            text.Append(afterText || text.Length > 0 ? "\n" : string.Empty).Append("<tool_call>\n").Append(json).Append("\n</tool_call>");
        }

        return text.ToString();
    }

    // A result is whatever a tool returned, perhaps written by an attacker: it must not close its own frame and speak as the user.
    internal static string Result(string content)
    {
        foreach (var marker in Markers)
        {
            content = content.Replace(marker, "&lt;" + marker[1..], StringComparison.OrdinalIgnoreCase);
        }

        return $"<tool_response>\n{content}\n</tool_response>";
    }

    static string Describe(ChatTool tool)
    {
        if (tool.Name.Length is 0 or > MaxNameLength || !tool.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw new ArgumentException($"A tool's name is 1 to {MaxNameLength} letters, digits, '_' and '-'.", nameof(tool));
        }

        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            if (tool.Description is not null)
            {
                writer.WriteString("description", tool.Description);
            }

            if (tool.ParametersJson is not null)
            {
                writer.WritePropertyName("parameters");
                using var parameters = ParseObject(tool.ParametersJson)
                    ?? throw new ArgumentException("A tool's parameters are a JSON object.", nameof(tool));
                parameters.RootElement.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    static ChatToolCall? ReadCall(string json)
    {
        using var document = ParseObject(json);
        if (document is null
            || !document.RootElement.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
            || !document.RootElement.TryGetProperty("arguments", out var arguments) || arguments.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new ChatToolCall(name.GetString()!, arguments.GetRawText());
    }

    static void WriteJsonOrText(Utf8JsonWriter writer, string json)
    {
        using var document = ParseObject(json);
        if (document is null)
        {
            writer.WriteStringValue(json);
        }
        else
        {
            document.RootElement.WriteTo(writer);
        }
    }

    static JsonDocument? ParseObject(string json)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth });

            // Lone surrogates are valid JSON escapes and no valid text; canonical writing finds them.
            _ = CanonicalJson.Canonicalize(document.RootElement);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }
        }
        catch (Exception e) when (e is JsonException or RecordFormatException or ArgumentException or InvalidOperationException)
        {
            // Not JSON that can be used: the caller decides what that means.
        }

        document?.Dispose();
        return null;
    }

    static string Json(Action<Utf8JsonWriter> write)
    {
        // The text goes to a model, not into HTML: characters stay as they are.
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
