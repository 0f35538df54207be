using System.Text.Json;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>Reads members of the JSON of container images. Others than asked for are ignored, as the specification demands of readers.</summary>
static class OciJson
{
    public static JsonDocument Parse(ReadOnlySpan<byte> json, int maxLength, string name)
    {
        try
        {
            return CanonicalJson.Parse(json, maxLength, name);
        }
        catch (RecordFormatException exception)
        {
            throw new OciFormatException(Math.Max(0, exception.Offset), name, exception.Message, exception);
        }
    }

    public static JsonElement? Object(JsonElement? parent, string name) => Member(parent, name, JsonValueKind.Object);

    public static string? Text(JsonElement? parent, string name) => Member(parent, name, JsonValueKind.String)?.GetString();

    public static long Integer(JsonElement? parent, string name) =>
        Member(parent, name, JsonValueKind.Number) is { } value && value.TryGetInt64(out var number) && number >= 0 ? number : throw new OciFormatException(0, name, "is missing or no whole number");

    public static IReadOnlyList<JsonElement> Array(JsonElement? parent, string name, int maxCount)
    {
        if (Member(parent, name, JsonValueKind.Array) is not { } value)
        {
            return [];
        }

        return value.GetArrayLength() <= maxCount ? [.. value.EnumerateArray()] : throw new OciFormatException(0, name, $"has more than {maxCount} items");
    }

    static JsonElement? Member(JsonElement? parent, string name, JsonValueKind kind)
    {
        if (parent is not { ValueKind: JsonValueKind.Object } value || !value.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return member.ValueKind == kind ? member : throw new OciFormatException(0, name, $"is a {member.ValueKind}; expected a {kind}");
    }
}
