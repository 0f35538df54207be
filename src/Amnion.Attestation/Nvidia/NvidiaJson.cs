using System.Text.Json;

namespace Amnion.Attestation.Nvidia;

/// <summary>JSON read strictly: no member twice, no comments, few levels.</summary>
static class NvidiaJson
{
    const int MaxDepth = 8;

    public static JsonDocument Parse(ReadOnlySpan<byte> json, int maxLength, string field, string code)
    {
        if (json.Length > maxLength)
        {
            throw new NvidiaFormatException(maxLength, field, "is too long", code);
        }

        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            CheckMembers(document.RootElement, field, code);
            return document;
        }
        catch (JsonException exception)
        {
            throw new NvidiaFormatException((int)Math.Clamp(exception.BytePositionInLine ?? 0, 0, json.Length), field, "is not JSON: " + exception.Message, code);
        }
        catch (InvalidOperationException)
        {
            // A string that is no valid UTF-16 after unescaping.
            throw new NvidiaFormatException(0, field, "has a text that is not Unicode", code);
        }
        catch (NvidiaFormatException)
        {
            document?.Dispose();
            throw;
        }
    }

    /// <summary>The member's text; null where absent.</summary>
    public static string? Text(JsonElement parent, string name, string field, string code)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new NvidiaFormatException(0, $"{field}.{name}", "is not a string", code);
    }

    static void CheckMembers(JsonElement element, string field, string code)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                CheckMembers(item, field, code);
            }
        }
        else if (element.ValueKind == JsonValueKind.String)
        {
            _ = element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
            {
                if (!names.Add(member.Name))
                {
                    throw new NvidiaFormatException(0, field, $"has the member \"{member.Name}\" twice", code);
                }

                CheckMembers(member.Value, field, code);
            }
        }
    }
}
