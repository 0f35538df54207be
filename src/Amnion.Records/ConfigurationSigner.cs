using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>The public key whose releases an enclave takes, as the key broker publishes it: "amnion/config-signer/1". Register 17 measures its digest.</summary>
public sealed record ConfigurationSigner
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/config-signer/1";

    /// <summary>Most bytes of the record.</summary>
    public const int MaxLength = 1024;

    /// <summary>SubjectPublicKeyInfo in DER, at most 256 bytes.</summary>
    public required ImmutableArray<byte> PublicKey { get; init; }

    /// <summary>SHA-256 of <see cref="PublicKey"/>, as the engine configuration names it.</summary>
    public Digest Digest => Digest.Sha256(PublicKey.AsSpan());

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ConfigurationSigner Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var signer = new ConfigurationSigner { PublicKey = reader.Bytes("public_key", 256, 1) };
        reader.End();
        return signer;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteBytes("public_key", PublicKey.AsSpan());
        json.WriteEndObject();
    });
}
