using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Amnion.Guard.Jose;

/// <summary>Base64url as JOSE wants it (RFC 7515 §2): no padding, no white space, one spelling.</summary>
static class JoseBytes
{
    static readonly SearchValues<char> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static byte[] Decode(ReadOnlySpan<char> text, string field, int maxLength, long offset = -1)
    {
        if (text.Length > (maxLength * 4L / 3) + 2)
        {
            throw new JweFormatException(field, $"is longer than {maxLength} bytes", offset);
        }

        if (text.ContainsAnyExcept(s_letters) || text.Length % 4 == 1)
        {
            throw new JweFormatException(field, "is not base64url without padding", offset);
        }

        var bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : throw new JweFormatException(field, "is not in its one base64url spelling", offset);
    }

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
