using System.Collections.Immutable;
using System.Text.Json;

namespace Amnion.Records;

/// <summary>One public key that requests may be sealed to.</summary>
public sealed record SealingKey
{
    /// <summary>RFC 9458 key identifier.</summary>
    public required byte Id { get; init; }

    /// <summary>Suites this key may be used with (<see cref="Records.Suites"/>): all share one KEM, or it is the one kind of a recipient key.</summary>
    public required ImmutableArray<string> Suites { get; init; }

    /// <summary>The KEM's serialised public key (RFC 9180 §7.1.1), of a recipient key its SubjectPublicKeyInfo; at most 2048 bytes.</summary>
    public required ImmutableArray<byte> PublicKey { get; init; }

    /// <summary>True for a key that AWS KMS encrypts a data key to (<see cref="Records.Suites.Recipients"/>).</summary>
    internal bool IsRecipient => Suites is [var only] && Records.Suites.Recipients.ContainsKey(only);

    internal static SealingKey Read(JsonObjectReader reader)
    {
        var key = new SealingKey
        {
            Id = (byte)reader.Integer("id", 0, 255),
            Suites = reader.Texts("suites", 8, 64),
            PublicKey = reader.Bytes("public_key", 2048, 32),
        };
        reader.End();
        return key.IsRecipient || (!key.Suites.IsEmpty && key.Suites.All(Records.Suites.Identifiers.ContainsKey)
            && key.Suites.Select(s => Records.Suites.Identifiers[s].Kem).Distinct().Count() == 1)
            ? key
            : throw reader.Refuse("suites", "must name known suites of one KEM");
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Id);
        json.WriteStartArray("suites");
        foreach (var suite in Suites)
        {
            json.WriteStringValue(suite);
        }

        json.WriteEndArray();
        json.WriteBytes("public_key", PublicKey.AsSpan());
        json.WriteEndObject();
    }
}
