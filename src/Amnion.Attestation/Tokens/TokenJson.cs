using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Tokens;

/// <summary>Strict JSON as tokens use it: RFC 8259 without duplicate members (RFC 7519 §4), bounded in length and depth.</summary>
static class TokenJson
{
    /// <summary>Parses one value; the caller disposes of it.</summary>
    /// <exception cref="TokenFormatException">Anything else, with <paramref name="code"/>.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> json, int maxLength, string field, string code)
    {
        try
        {
            return CanonicalJson.Parse(json, maxLength, field);
        }
        catch (RecordFormatException exception)
        {
            throw new TokenFormatException(exception.Offset, field, "is no strict JSON (valid, no member twice, bounded in length and depth)", code);
        }
    }

    /// <summary>One spelling per value: base64url without padding, no white space, unused bits zero (RFC 7515 §2).</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] value)
    {
        value = [];
        if (text.Contains((byte)'=') || !Base64Url.IsValid(text))
        {
            return false;
        }

        value = Base64Url.DecodeFromUtf8(text);
        return Base64Url.EncodeToUtf8(value).AsSpan().SequenceEqual(text);
    }

    /// <summary>Every leaf of a value, in document order, names joined with dots and arrays by index.</summary>
    public static void Flatten(JsonElement value, string name, Action<string, string> leaf)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten(member.Value, Join(name, member.Name), leaf);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Flatten(item, Join(name, index++.ToString(CultureInfo.InvariantCulture)), leaf);
                }

                break;
            case JsonValueKind.String:
                leaf(name, value.GetString()!);
                break;
            default:
                leaf(name, value.GetRawText());
                break;
        }
    }

    static string Join(string prefix, string name) => prefix.Length == 0 ? name : prefix + "." + name;
}
