using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Amnion.Enclave.Api;

/// <summary>How answers are written.</summary>
static class ApiJson
{
    /// <summary>Text stays text: answers are read by JSON parsers, never put into HTML, and escapes would double the length of many languages.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>How requests are parsed: duplicates are refused since two readers might take different ones.</summary>
    public static JsonDocumentOptions Request { get; } = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Parses a request's body. All text in it is valid Unicode, so that whatever is read later can be written again.</summary>
    /// <exception cref="ApiException">Not JSON, or text that is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw new ApiException(ApiError.MalformedJson);
        }

        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body, Request);

            // In valid UTF-8 only an escape can spell half a character.
            if (body.Span.IndexOf("\\u"u8) >= 0)
            {
                ReadAllText(document.RootElement);
            }

            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            throw new ApiException(ApiError.MalformedJson);
        }
    }

    static void ReadAllText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    ReadAllText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    ReadAllText(member.Value);
                }

                break;
        }
    }
}
