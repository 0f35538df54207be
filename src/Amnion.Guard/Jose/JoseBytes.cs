using System.Text.Json;
using Amnion.Guard.Tokens;

namespace Amnion.Guard.Jose;

/// <summary>Base64url as JOSE wants it (RFC 7515 §2): no padding, no white space, one spelling.</summary>
static class JoseBytes
{
    public static byte[] Decode(ReadOnlySpan<char> text, string field, int maxLength, long offset = -1) => TokenText.TryDecode(text, maxLength, out var bytes)
        ? bytes
        : throw new JweFormatException(field, $"is not base64url in its one spelling, without padding, of at most {maxLength} bytes", offset);

    /// <summary>A member's bytes; empty where it is absent.</summary>
    public static byte[] Optional(JsonElement value, string name, int maxLength)
    {
        if (!value.TryGetProperty(name, out var member))
        {
            return [];
        }

        return member.ValueKind == JsonValueKind.String ? Decode(member.GetString(), name, maxLength) : throw new JweFormatException(name, "is no string");
    }
}
