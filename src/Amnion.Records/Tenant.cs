using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>A caller's organisation: its API keys' hashes and its quota.</summary>
public sealed record Tenant
{
    /// <summary>Stable identifier, at most 64 characters of [a-z0-9-].</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of every API key that acts for this tenant (keys are 32 random bytes, so a plain hash is not guessable).</summary>
    public required ImmutableArray<Digest> KeyHashes { get; init; }

    /// <summary>SHA-256 of keys that were revoked; a revoked key is refused with its own code.</summary>
    public required ImmutableArray<Digest> RevokedKeyHashes { get; init; }

    /// <summary>Requests allowed per minute.</summary>
    public required int RequestsPerMinute { get; init; }

    /// <summary>Tokens (prompt and completion) allowed per hour.</summary>
    public required long TokensPerHour { get; init; }

    internal static Tenant Read(JsonObjectReader reader)
    {
        var tenant = new Tenant
        {
            Id = reader.Text("id", 64),
            KeyHashes = [.. reader.Texts("keys", 1024, 80).Select(text => Hash(reader, "keys", text))],
            RevokedKeyHashes = [.. reader.Texts("revoked", 4096, 80).Select(text => Hash(reader, "revoked", text))],
            RequestsPerMinute = (int)reader.Integer("requests_per_minute", 0, 1_000_000),
            TokensPerHour = reader.Integer("tokens_per_hour", 0, 1_000_000_000_000),
        };
        reader.End();
        return tenant.Id.Length > 0 && tenant.Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? tenant
            : throw reader.Refuse("id", "must be characters of [a-z0-9-]");
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        WriteHashes(json, "keys", KeyHashes);
        WriteHashes(json, "revoked", RevokedKeyHashes);
        json.WriteNumber("requests_per_minute", RequestsPerMinute);
        json.WriteNumber("tokens_per_hour", TokensPerHour);
        json.WriteEndObject();
    }

    static Digest Hash(JsonObjectReader reader, string name, string text) =>
        Digest.TryParse(text, out var hash) && hash.Bytes.Length == 32 ? hash : throw reader.Refuse(name, "must hold \"sha256:\" digests");

    static void WriteHashes(Utf8JsonWriter json, string name, ImmutableArray<Digest> hashes)
    {
        json.WriteStartArray(name);
        foreach (var hash in hashes)
        {
            json.WriteStringValue(hash.ToString());
        }

        json.WriteEndArray();
    }
}
