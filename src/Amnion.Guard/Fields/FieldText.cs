using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Amnion.Guard.Fields;

/// <summary>Writes values as JSON text in one spelling: no white space, strings escaped as little as JSON allows, numbers exactly as they came.</summary>
static class FieldText
{
    static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = FieldLimits.MaxDepth + 1 };

    /// <summary>One value.</summary>
    public static byte[] Compact(ReadOnlySpan<byte> json, FieldNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            Write(writer, json, node);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A string.</summary>
    public static byte[] Quote(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> json, FieldNode node)
    {
        switch (node.Kind)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                foreach (var child in node.Children)
                {
                    writer.WritePropertyName(child.Name!);
                    Write(writer, json, child);
                }

                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                foreach (var child in node.Children)
                {
                    Write(writer, json, child);
                }

                writer.WriteEndArray();
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(node.Text);
                break;
            default:
                writer.WriteRawValue(json[node.Start..node.End], skipInputValidation: true);
                break;
        }
    }
}
