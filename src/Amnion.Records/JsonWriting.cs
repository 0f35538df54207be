using System.Buffers.Text;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>How the records write bytes: base64url without padding.</summary>
public static class JsonWriting
{
    /// <summary>Writes a member holding bytes as base64url without padding.</summary>
    public static void WriteBytes(this Utf8JsonWriter json, string name, ReadOnlySpan<byte> value) => json.WriteString(name, Base64Url.EncodeToString(value));

    /// <summary>Writes a member holding a digest.</summary>
    public static void WriteDigest(this Utf8JsonWriter json, string name, Digest value) => json.WriteString(name, value.ToString());

    /// <summary>Writes a member holding canonical JSON as a nested value.</summary>
    public static void WriteJson(this Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value);
    }
}
