using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Amnion.Guard.Pipeline;

/// <summary>Changes the strings and numbers of a JSON text and leaves its shape, so that a value put in or taken out cannot break it.</summary>
static class JsonStrings
{
    /// <summary>Deepest nesting looked into.</summary>
    const int MaxDepth = 64;

    static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The same JSON with each string value, member name and number as <paramref name="change"/> gives it; a number that changes becomes a string. What is no JSON is changed as one text.</summary>
    public static string Change(string json, Func<string, string> change)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var output = new ArrayBufferWriter<byte>(json.Length + 64);
            using (var writer = new Utf8JsonWriter(output, s_writing))
            {
                Write(document.RootElement, writer, change);
            }

            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half characters in a string surface as InvalidOperationException.
            return change(json);
        }
    }

    static void Write(JsonElement value, Utf8JsonWriter writer, Func<string, string> change)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(change(member.Name));
                    Write(member.Value, writer, change);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, writer, change);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(change(value.GetString()!));
                break;
            case JsonValueKind.Number:
                var number = value.GetRawText();
                if (change(number) is var changed && changed != number)
                {
                    writer.WriteStringValue(changed);
                }
                else
                {
                    writer.WriteRawValue(number, skipInputValidation: true);
                }

                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
