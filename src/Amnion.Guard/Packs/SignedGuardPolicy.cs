using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Guard.Packs;

/// <summary>
/// A guard policy on its way to the operator, in a Dead Simple Signing Envelope: who wrote it can be told from who carried it. What an enclave does is not decided by this but by the digest that register 18 measures.
/// </summary>
public sealed record SignedGuardPolicy
{
    /// <summary>The envelope's payload type.</summary>
    public const string PayloadType = "application/vnd.amnion.guard-policy.v1+json";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>Most signatures of one envelope.</summary>
    public const int MaxSignatures = 8;

    /// <summary>Longest DER signature: of P-521, 139 bytes.</summary>
    const int MaxSignatureText = 256;

    SignedGuardPolicy(ImmutableArray<byte> payload, ImmutableArray<ImmutableArray<byte>> signatures)
    {
        Payload = payload;
        Signatures = signatures;
        Policy = GuardPolicy.Parse(payload.AsSpan());
    }

    /// <summary>What was signed; worth no more than the signatures on it.</summary>
    public GuardPolicy Policy { get; }

    /// <summary>The signed bytes.</summary>
    public ImmutableArray<byte> Payload { get; }

    /// <summary>ECDSA signatures, in DER.</summary>
    public ImmutableArray<ImmutableArray<byte>> Signatures { get; }

    /// <summary>True for JSON with a payload type, and so for no policy by itself. False for what is no JSON.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> file)
    {
        try
        {
            using var document = CanonicalJson.Parse(file, MaxLength, "file");
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("payloadType", out _);
        }
        catch (RecordFormatException)
        {
            return false;
        }
    }

    /// <summary>Signs the canonical bytes of a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="key">Private key on P-256, P-384 or P-521; the hash is as long as the curve.</param>
    /// <exception cref="ArgumentException">A key on another curve.</exception>
    public static SignedGuardPolicy Sign(GuardPolicy policy, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(key);
        var hash = HashOf(key) ?? throw new ArgumentException("A signing key is on P-256, P-384 or P-521.", nameof(key));
        var payload = policy.ToJson();
        return new SignedGuardPolicy([.. payload], [[.. key.SignData(DsseEncoding.Encode(PayloadType, payload), hash, DSASignatureFormat.Rfc3279DerSequence)]]);
    }

    /// <summary>Parses strictly; verifies nothing.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow, in the envelope or the policy.</exception>
    public static SignedGuardPolicy Parse(ReadOnlySpan<byte> json)
    {
        const string Record = "signed guard policy";
        using var document = CanonicalJson.Parse(json, MaxLength, Record);
        var reader = new JsonObjectReader(document.RootElement, Record);
        reader.Constant("payloadType", PayloadType);
        var payload = Base64(reader, "payload", GuardPolicy.MaxLength * 4 / 3 + 4);
        var signatures = reader.Objects("signatures", MaxSignatures, item =>
        {
            _ = item.OptionalText("keyid");
            var signature = Base64(item, "sig", MaxSignatureText);
            item.End();
            return signature;
        });
        reader.End();
        return signatures.IsEmpty ? throw reader.Refuse("signatures", "holds none") : new SignedGuardPolicy(payload, signatures);
    }

    /// <summary>True where one of the signatures is of this key. A key on another curve than P-256, P-384 and P-521 signed nothing.</summary>
    public bool IsSignedBy(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signed = DsseEncoding.Encode(PayloadType, Payload.AsSpan());
        return HashOf(key) is { } hash && Signatures.Any(signature => key.VerifyData(signed, signature.AsSpan(), hash, DSASignatureFormat.Rfc3279DerSequence));
    }

    /// <summary>The envelope.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("payload", Convert.ToBase64String(Payload.AsSpan()));
        json.WriteString("payloadType", PayloadType);
        json.WriteStartArray("signatures");
        foreach (var signature in Signatures)
        {
            json.WriteStartObject();
            json.WriteString("sig", Convert.ToBase64String(signature.AsSpan()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    static ImmutableArray<byte> Base64(JsonObjectReader reader, string member, int maxLength)
    {
        var text = reader.Text(member, maxLength);
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text ? [.. bytes[..length]] : throw reader.Refuse(member, "must be base64 with padding and nothing else");
    }

    static HashAlgorithmName? HashOf(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value switch
    {
        "1.2.840.10045.3.1.7" => HashAlgorithmName.SHA256,
        "1.3.132.0.34" => HashAlgorithmName.SHA384,
        "1.3.132.0.35" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
