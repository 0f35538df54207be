using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation.Tokens;

/// <summary>JSON Web Signatures in compact serialisation, RFC 7515 §7.1, read strictly.</summary>
static class JsonWebSignature
{
    /// <summary>Most bytes of a token. NVIDIA's bundles hold some of 4 KiB each; Evidence in a token may be larger.</summary>
    public const int MaxLength = 1024 * 1024;

    const int MaxHeaderLength = 64 * 1024;

    /// <summary>True where the text has the outline of a token: three parts, the first a base64url object.</summary>
    public static bool Looks(ReadOnlySpan<byte> text) => text.StartsWith("ey"u8) && text.Count((byte)'.') == 2;

    /// <summary>Reads one token and nothing around it.</summary>
    /// <exception cref="TokenFormatException">Anything RFC 7515 does not allow, with <paramref name="code"/>.</exception>
    public static TokenEnvelope Parse(ReadOnlySpan<byte> token, string code = TokenCodes.Malformed)
    {
        if (token.Length > MaxLength)
        {
            throw new TokenFormatException(MaxLength, "token", "longer than 1 MiB", code);
        }

        var first = token.IndexOf((byte)'.');
        var second = first < 0 ? -1 : token[(first + 1)..].IndexOf((byte)'.') + first + 1;
        if (first < 0 || second <= first || token[(second + 1)..].Contains((byte)'.'))
        {
            throw new TokenFormatException(0, "token", "is not three parts joined by dots", code);
        }

        var header = Part(token[..first], "header", MaxHeaderLength, code);
        var payload = Part(token[(first + 1)..second], "payload", MaxLength, code);
        // An unsecured token (alg "none") has an empty signature: readable, and refused by its algorithm.
        var signature = Part(token[(second + 1)..], "signature", MaxLength, code);
        using var document = TokenJson.Parse(header, MaxHeaderLength, "header", code);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new TokenFormatException(0, "header", "is no JSON object", code);
        }

        return new TokenEnvelope
        {
            Algorithm = Text(document.RootElement, "alg") ?? string.Empty,
            Type = NormalType(Text(document.RootElement, "typ")),
            KeyId = Text(document.RootElement, "kid"),
            Critical = document.RootElement.TryGetProperty("crit", out _),
            Payload = payload,
            Signature = signature,
            Input = token[..second].ToArray(),
        };
    }

    /// <summary>Signs.</summary>
    /// <param name="payload">The claims, JSON.</param>
    /// <param name="type">The typ header.</param>
    /// <param name="keyId">The kid header; null leaves it out.</param>
    /// <param name="algorithm">"ES256" or "ES384", the key's own.</param>
    /// <param name="key">The private key.</param>
    public static string Sign(ReadOnlySpan<byte> payload, string type, string? keyId, string algorithm, ECDsa key)
    {
        var header = CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("alg", algorithm);
            if (keyId is not null)
            {
                json.WriteString("kid", keyId);
            }

            json.WriteString("typ", type);
            json.WriteEndObject();
        });
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        var hash = algorithm == "ES256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        var signature = key.SignData(Encoding.ASCII.GetBytes(input), hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Case-insensitive and with or without "application/", RFC 7515 §4.1.9 and RFC 8725 §3.11.</summary>
    public static string? NormalType(string? type)
    {
        var lower = type?.ToLowerInvariant();
        return lower?.StartsWith("application/", StringComparison.Ordinal) == true ? lower["application/".Length..] : lower;
    }

    static byte[] Part(ReadOnlySpan<byte> text, string field, int maxLength, string code) =>
        text.Length <= ((long)maxLength * 4 / 3) + 4 && TokenJson.TryDecode(text, out var value)
            ? value
            : throw new TokenFormatException(-1, field, $"is not canonical base64url of at most {maxLength} bytes", code);

    static string? Text(JsonElement header, string name) => header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
