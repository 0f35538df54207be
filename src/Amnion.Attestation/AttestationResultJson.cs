using System.Globalization;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Attestation;

/// <summary>An Attestation Result as JSON: docs/specs/attestation-result.md. The members are stable; readers ignore those they do not know.</summary>
public static class AttestationResultJson
{
    /// <summary>The value of the member "format".</summary>
    public const string Format = "amnion/attestation-result/1";

    /// <summary>Canonical JSON (RFC 8785): the same result gives the same bytes.</summary>
    public static byte[] ToJson(AttestationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return CanonicalJson.Write(json => Write(json, result));
    }

    /// <summary>Writes the result as one object, for callers that put it into a larger document or indent it.</summary>
    public static void Write(Utf8JsonWriter json, AttestationResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("platform", result.Platform);
        json.WriteBoolean("emulated", result.Emulated);
        json.WriteBoolean("accepted", result.Accepted);
        json.WriteString("verdict", result.Verdict.ToString());
        json.WriteBoolean("audit", result.AtDocumentTime);
        json.WriteStartArray("checks");
        foreach (var check in result.Checks)
        {
            Write(json, check);
        }

        json.WriteEndArray();
        if (result.Claims is { } claims)
        {
            Write(json, claims);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes one check, with every member whatever its value.</summary>
    public static void Write(Utf8JsonWriter json, AttestationCheck check)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(check);
        json.WriteStartObject();
        json.WriteString("code", check.Code);
        json.WriteString("name", check.Name);
        json.WriteString("kind", check.Kind.ToString());
        json.WriteString("outcome", check.Outcome.ToString());
        json.WriteBoolean("required", check.Required);
        json.WriteString("expected", check.Expected);
        json.WriteString("actual", check.Actual);
        json.WriteString("source", check.Source);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, AttestationClaims claims)
    {
        json.WriteStartObject("claims");
        json.WriteString("attester", claims.AttesterId);
        json.WriteString("issued_at", claims.IssuedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteBoolean("debug", claims.Debug);
        json.WriteString("trust_anchor", claims.TrustAnchor.ToTaggedString());
        WriteHex(json, "nonce", claims.Nonce);
        WriteHex(json, "user_data", claims.UserData);
        WriteHex(json, "public_key", claims.PublicKey);
        json.WriteStartObject("registers");
        foreach (var (index, value) in claims.Registers)
        {
            json.WriteString(index.ToString(CultureInfo.InvariantCulture), value.ToTaggedString());
        }

        json.WriteEndObject();
        json.WriteStartArray("fields");
        foreach (var field in claims.Fields.IsDefault ? [] : claims.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("value", field.Value);
            json.WriteString("meaning", field.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteHex(Utf8JsonWriter json, string name, ReadOnlyMemory<byte>? value) => json.WriteString(name, value is { } bytes ? Convert.ToHexStringLower(bytes.Span) : null);
}
