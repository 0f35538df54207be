using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// A key that the relying party trusts to sign tokens. It always comes from the relying party: what a token says about its own key (jwk, jku,
/// x5u, x5c) is never believed.
/// </summary>
public sealed record TokenKey
{
    /// <summary>Most bytes of a key set; NVIDIA's and Microsoft's are below 64 KiB.</summary>
    public const int MaxSetLength = 1024 * 1024;

    /// <summary>Most keys of a set.</summary>
    public const int MaxSetCount = 64;

    const int MaxIdLength = 256;

    /// <summary>The key's identifier, compared with a token's kid where both have one.</summary>
    public string? KeyId { get; init; }

    /// <summary>SubjectPublicKeyInfo, DER: P-256, P-384, P-521 or RSA.</summary>
    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    /// <summary>The public half of a key.</summary>
    public static TokenKey From(ECDsa key, string? keyId = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new TokenKey { KeyId = keyId, SubjectPublicKeyInfo = key.ExportSubjectPublicKeyInfo() };
    }

    /// <summary>The key of a certificate, DER. The certificate itself is not verified: it is the caller's choice, as every key here is.</summary>
    /// <exception cref="CertificateFormatException">Not one strict DER certificate.</exception>
    public static TokenKey FromCertificate(ReadOnlySpan<byte> der, string? keyId = null) =>
        new() { KeyId = keyId, SubjectPublicKeyInfo = Certificate.Parse(der.ToArray()).SubjectPublicKeyInfo };

    /// <summary>
    /// Reads a JSON Web Key or a set of them, RFC 7517: EC keys of P-256 and P-384 by their coordinates, other keys by the first certificate of x5c.
    /// Keys that are neither are left out, as §5 asks.
    /// </summary>
    /// <exception cref="TokenFormatException">No strict JSON, no key or set, or more than <see cref="MaxSetCount"/> keys.</exception>
    public static ImmutableArray<TokenKey> ParseSet(ReadOnlySpan<byte> json)
    {
        using var document = TokenJson.Parse(json, MaxSetLength, "keys", TokenCodes.TokenMalformed);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new TokenFormatException(0, "keys", "must be a JSON object", TokenCodes.TokenMalformed);
        }

        if (!root.TryGetProperty("keys", out var keys))
        {
            return Read(root) is { } single ? [single] : [];
        }

        if (keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > MaxSetCount)
        {
            throw new TokenFormatException(0, "keys", $"must be an array of at most {MaxSetCount} keys", TokenCodes.TokenMalformed);
        }

        return [.. keys.EnumerateArray().Select(Read).OfType<TokenKey>()];
    }

    /// <summary>Verifies under a JOSE algorithm; false where the algorithm is not the key's. RFC 7518 §3.1.</summary>
    internal bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        return KeyCarrier.Key(SubjectPublicKeyInfo) is { } key && (algorithm, key.Kind) switch
        {
            ("ES256", KeyKind.P256) => key.VerifyFixed(data, signature, HashAlgorithmName.SHA256),
            ("ES384", KeyKind.P384) => key.VerifyFixed(data, signature, HashAlgorithmName.SHA384),
            ("RS256", KeyKind.Rsa) => VerifyRsa(key, data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ("RS384", KeyKind.Rsa) => VerifyRsa(key, data, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            ("PS256", KeyKind.Rsa) => VerifyRsa(key, data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            ("PS384", KeyKind.Rsa) => VerifyRsa(key, data, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
            _ => false,
        };
    }

    /// <summary>The JOSE algorithm that a key of this kind signs EARs with; null for kinds that do not.</summary>
    internal string? EcdsaAlgorithm() => KeyCarrier.Key(SubjectPublicKeyInfo)?.Kind switch { KeyKind.P256 => "ES256", KeyKind.P384 => "ES384", _ => null };

    /// <summary>Equality by content.</summary>
    public bool Equals(TokenKey? other) => other is not null && KeyId == other.KeyId && SubjectPublicKeyInfo.Span.SequenceEqual(other.SubjectPublicKeyInfo.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(KeyId, SubjectPublicKeyInfo.Length);

    // RFC 7518 §3.3: RSA keys of 2048 bits or more.
    static bool VerifyRsa(PublicKey key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash, RSASignaturePadding padding) =>
        key.Bits >= 2048 && key.Rsa!.VerifyData(data, signature, hash, padding);

    static TokenKey? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var id = Text(key, "kid") is { Length: <= MaxIdLength } kid ? kid : null;
        var info = FromPoint(key) ?? FromChain(key);
        return info is null ? null : new TokenKey { KeyId = id, SubjectPublicKeyInfo = info };
    }

    static byte[]? FromPoint(JsonElement key)
    {
        KeyKind? kind = (Text(key, "kty"), Text(key, "crv")) switch { ("EC", "P-256") => KeyKind.P256, ("EC", "P-384") => KeyKind.P384, _ => null };
        if (kind is null || Text(key, "x") is not { } x || Text(key, "y") is not { } y || !Base64Url.IsValid(x) || !Base64Url.IsValid(y))
        {
            return null;
        }

        byte[] point = [.. Base64Url.DecodeFromChars(x), .. Base64Url.DecodeFromChars(y)];
        return point.Length == (kind == KeyKind.P256 ? 64 : 96) ? KeyCarrier.PointInfo(kind.Value, point) : null;
    }

    static byte[]? FromChain(JsonElement key)
    {
        if (!key.TryGetProperty("x5c", out var chain) || chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0 || chain[0].ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return chain[0].TryGetBytesFromBase64(out var der) ? Certificate.Parse(der).SubjectPublicKeyInfo.ToArray() : null;
        }
        catch (CertificateFormatException)
        {
            return null;
        }
    }

    static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
