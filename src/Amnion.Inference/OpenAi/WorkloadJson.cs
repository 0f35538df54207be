using System.Text.Json;
using System.Text.Unicode;

namespace Amnion.Inference.OpenAi;

/// <summary>Reads JSON that a workload sent: strict, and every surprise is one and the same violation.</summary>
static class WorkloadJson
{
    static readonly JsonDocumentOptions s_options = new() { MaxDepth = OpenAiLimits.JsonDepth, AllowDuplicateProperties = false };

    /// <exception cref="WorkloadException">Not UTF-8, not JSON, a member twice, or not an object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw WorkloadException.Violation();
        }

        try
        {
            var document = JsonDocument.Parse(json, s_options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw WorkloadException.Violation();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw WorkloadException.Violation();
        }
    }

    /// <summary>The member, or null where it is absent or null.</summary>
    public static JsonElement? Member(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>A string; "" where it is absent.</summary>
    public static string Text(JsonElement value, string name) => Member(value, name) is { } member ? Text(member) : "";

    /// <summary>A string of whole characters.</summary>
    public static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WorkloadException.Violation();
        }
        catch (InvalidOperationException)
        {
            // An escape that spells half a character.
            throw WorkloadException.Violation();
        }
    }

    /// <summary>An object, or null where it is absent.</summary>
    public static JsonElement? Object(JsonElement value, string name) => Member(value, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } member => member,
        _ => throw WorkloadException.Violation(),
    };

    /// <summary>An array of at most some items; empty where it is absent.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement value, string name, int maxCount) => Member(value, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } member when member.GetArrayLength() <= maxCount => member.EnumerateArray(),
        _ => throw WorkloadException.Violation(),
    };

    /// <summary>An integer from 0.</summary>
    public static int Count(JsonElement value, string name, int max, int? absent = null)
    {
        if (Member(value, name) is not { } member)
        {
            return absent ?? throw WorkloadException.Violation();
        }

        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number) && number >= 0 && number <= max
            ? number
            : throw WorkloadException.Violation();
    }
}
