using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Amnion.Guard.Fields;

/// <summary>
/// Writes values as JSON text in one spelling: no white space, strings escaped as RFC 8785 §3.2.2.2 does, numbers exactly as they came. Not by the
/// BCL's writer: what that escapes depends on the Unicode version it knows, and a deterministic token must not change with the runtime.
/// </summary>
static class FieldText
{
    /// <summary>One value.</summary>
    public static byte[] Compact(ReadOnlySpan<byte> json, FieldNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, json, node);
        return Taken(buffer);
    }

    /// <summary>A string.</summary>
    public static byte[] Quote(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        Quote(buffer, text);
        return Taken(buffer);
    }

    // A value in the clear: the buffer that it was written to is zeroed.
    static byte[] Taken(ArrayBufferWriter<byte> buffer)
    {
        var text = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return text;
    }

    static void Write(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> json, FieldNode node)
    {
        switch (node.Kind)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var isObject = node.Kind == JsonTokenType.StartObject;
                buffer.Write(isObject ? "{"u8 : "["u8);
                for (var i = 0; i < node.Children.Count; i++)
                {
                    buffer.Write(i == 0 ? ""u8 : ","u8);
                    if (isObject)
                    {
                        Quote(buffer, node.Children[i].Name!);
                        buffer.Write(":"u8);
                    }

                    Write(buffer, json, node.Children[i]);
                }

                buffer.Write(isObject ? "}"u8 : "]"u8);
                break;
            case JsonTokenType.String:
                Quote(buffer, node.Text!);
                break;
            default:
                buffer.Write(json[node.Start..node.End]);
                break;
        }
    }

    static void Quote(ArrayBufferWriter<byte> buffer, string text)
    {
        buffer.Write("\""u8);
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= ' ' and not ('"' or '\\'))
            {
                continue;
            }

            Encoding.UTF8.GetBytes(text.AsSpan(plain, i - plain), buffer);
            Encoding.UTF8.GetBytes(Escape(text[i]), buffer);
            plain = i + 1;
        }

        Encoding.UTF8.GetBytes(text.AsSpan(plain), buffer);
        buffer.Write("\""u8);
    }

    static string Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };
}
