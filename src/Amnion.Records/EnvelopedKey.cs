using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>A data key that AWS KMS encrypted to an enclave's one-time RSA key. "amnion/enveloped-key/1".</summary>
public sealed record EnvelopedKey
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/enveloped-key/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = WrappedKey.MaxLength;

    /// <summary>Most bytes of the envelope; that of a 32-byte key to 4096 bits of RSA has some 740.</summary>
    public const int MaxEnvelopeLength = 4096;

    /// <summary>The data key's name.</summary>
    public required string KeyId { get; init; }

    /// <summary>CiphertextForRecipient as KMS answered it: CMS EnvelopedData in BER.</summary>
    public required ImmutableArray<byte> Envelope { get; init; }

    /// <summary>Parses strictly; the envelope's inside is not read here.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static EnvelopedKey Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var key = new EnvelopedKey { KeyId = reader.Text("key_id", 128), Envelope = reader.Bytes("envelope", MaxEnvelopeLength, 1) };
        reader.End();
        return key;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("key_id", KeyId);
        json.WriteBytes("envelope", Envelope.AsSpan());
        json.WriteEndObject();
    });
}
