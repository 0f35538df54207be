using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>A data key wrapped with HPKE to an enclave's one-time key. "amnion/wrapped-key/1".</summary>
public sealed record WrappedKey
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/wrapped-key/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 8192;

    /// <summary>The data key's name.</summary>
    public required string KeyId { get; init; }

    /// <summary>The suite (<see cref="Suites"/>) it was wrapped with.</summary>
    public required string Suite { get; init; }

    /// <summary>HPKE encapsulated key.</summary>
    public required ImmutableArray<byte> Enc { get; init; }

    /// <summary>The sealed data key: 32 bytes and a 16-byte tag; empty associated data.</summary>
    public required ImmutableArray<byte> Ciphertext { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static WrappedKey Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var key = new WrappedKey
        {
            KeyId = reader.Text("key_id", 128),
            Suite = reader.Text("suite", 64),
            Enc = reader.Bytes("enc", 2048, 32),
            Ciphertext = reader.Bytes("ciphertext", 48, 48),
        };
        reader.End();
        return key;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("key_id", KeyId);
        json.WriteString("suite", Suite);
        json.WriteBytes("enc", Enc.AsSpan());
        json.WriteBytes("ciphertext", Ciphertext.AsSpan());
        json.WriteEndObject();
    });
}
