using System.Text;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Guard.Jose;

/// <summary>A JWE taken apart: RFC 7516 §7.1 (compact) and §7.2 (JSON, general and flattened).</summary>
sealed class JweMessage
{
    /// <summary>Longest text in characters.</summary>
    public const int MaxLength = 6 << 20;

    /// <summary>Longest header in bytes.</summary>
    public const int MaxHeaderLength = 16 * 1024;

    /// <summary>Most recipients.</summary>
    public const int MaxRecipients = 16;

    const int MaxKeyLength = 1024;

    public required IReadOnlyList<(JweHeader Header, byte[] EncryptedKey)> Recipients { get; init; }

    public required byte[] Nonce { get; init; }

    public required byte[] Ciphertext { get; init; }

    public required byte[] Tag { get; init; }

    /// <summary>What is authenticated beside the ciphertext: the protected header's text, and "." and the additional data's where there is one.</summary>
    public required byte[] AssociatedData { get; init; }

    public required byte[] AdditionalData { get; init; }

    public static JweMessage ParseCompact(string text)
    {
        RequireLength(text.Length);
        Span<Range> parts = stackalloc Range[6];
        if (text.AsSpan().Split(parts, '.') != 5)
        {
            throw new JweFormatException("jwe", "has not the five parts of the compact serialisation");
        }

        var header = text.AsSpan(parts[0]);
        var encryptedKey = JoseBytes.Decode(text.AsSpan(parts[1]), "encrypted_key", MaxKeyLength, parts[1].Start.Value);
        return new JweMessage
        {
            Recipients = [(new JweHeader(ReadHeader(header), null, null), encryptedKey)],
            Nonce = JoseBytes.Decode(text.AsSpan(parts[2]), "iv", 64, parts[2].Start.Value),
            Ciphertext = JoseBytes.Decode(text.AsSpan(parts[3]), "ciphertext", MaxLength, parts[3].Start.Value),
            Tag = JoseBytes.Decode(text.AsSpan(parts[4]), "tag", 64, parts[4].Start.Value),
            AssociatedData = Encoding.ASCII.GetBytes(header.ToString()),
            AdditionalData = [],
        };
    }

    public static JweMessage ParseJson(ReadOnlySpan<byte> json)
    {
        RequireLength(json.Length);
        try
        {
            using var document = CanonicalJson.Parse(json, MaxLength, "jwe");
            return Read(document.RootElement.Clone());
        }
        catch (RecordFormatException e)
        {
            throw new JweFormatException("jwe", "is not strict JSON", e.Offset);
        }
    }

    static JweMessage Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JweFormatException("jwe", "is no object");
        }

        var header = root.TryGetProperty("protected", out var text) ? text.ValueKind == JsonValueKind.String ? text.GetString()! : throw new JweFormatException("protected", "is no string") : "";
        var additional = JoseBytes.Optional(root, "aad", MaxLength);
        JsonElement? protectedPart = header.Length == 0 ? null : ReadHeader(header);
        JsonElement? shared = root.TryGetProperty("unprotected", out var unprotected) ? unprotected : null;
        return new JweMessage
        {
            Recipients = ReadRecipients(root, protectedPart, shared),
            Nonce = JoseBytes.Optional(root, "iv", 64),
            Ciphertext = JoseBytes.Optional(root, "ciphertext", MaxLength),
            Tag = JoseBytes.Optional(root, "tag", 64),

            // RFC 7516 §5.1 step 14. An "aad" that is present and empty still adds its dot.
            AssociatedData = Encoding.ASCII.GetBytes(root.TryGetProperty("aad", out var aad) ? $"{header}.{aad.GetString()}" : header),
            AdditionalData = additional,
        };
    }

    static List<(JweHeader Header, byte[] EncryptedKey)> ReadRecipients(JsonElement root, JsonElement? protectedPart, JsonElement? shared)
    {
        if (!root.TryGetProperty("recipients", out var recipients))
        {
            return [ReadRecipient(root, protectedPart, shared)];
        }

        if (recipients.ValueKind != JsonValueKind.Array || recipients.GetArrayLength() is < 1 or > MaxRecipients || root.TryGetProperty("encrypted_key", out _) || root.TryGetProperty("header", out _))
        {
            throw new JweFormatException("recipients", $"is no array of 1 to {MaxRecipients} objects, or stands beside a flattened recipient");
        }

        return [.. recipients.EnumerateArray().Select(recipient => recipient.ValueKind == JsonValueKind.Object
            ? ReadRecipient(recipient, protectedPart, shared)
            : throw new JweFormatException("recipients", "has an item that is no object"))];
    }

    static (JweHeader Header, byte[] EncryptedKey) ReadRecipient(JsonElement value, JsonElement? protectedPart, JsonElement? shared) =>
        (new JweHeader(protectedPart, shared, value.TryGetProperty("header", out var own) ? own : null), JoseBytes.Optional(value, "encrypted_key", MaxKeyLength));

    static JsonElement ReadHeader(ReadOnlySpan<char> text)
    {
        var bytes = JoseBytes.Decode(text, "protected", MaxHeaderLength, 0);
        try
        {
            using var document = CanonicalJson.Parse(bytes, MaxHeaderLength, "jwe");
            return document.RootElement.Clone();
        }
        catch (RecordFormatException e)
        {
            throw new JweFormatException("protected", "is not strict JSON", e.Offset);
        }
    }

    static void RequireLength(int length)
    {
        if (length > MaxLength)
        {
            throw new JweFormatException("jwe", $"is {length} characters; at most {MaxLength} are accepted");
        }
    }
}
