using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>What the key broker asks the enclave to answer: a single-use nonce for one key. "amnion/challenge/1".</summary>
public sealed record ReleaseChallenge
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/challenge/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 4096;

    /// <summary>32 random bytes; the nonce the enclave's Evidence must carry.</summary>
    public required ImmutableArray<byte> Challenge { get; init; }

    /// <summary>The data key asked for.</summary>
    public required string KeyId { get; init; }

    /// <summary>The broker's name, chosen by its operator.</summary>
    public required string Broker { get; init; }

    /// <summary>Unix milliseconds after which the broker refuses it.</summary>
    public required long Expires { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ReleaseChallenge Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var challenge = new ReleaseChallenge
        {
            Challenge = reader.Bytes("challenge", 32, 32),
            KeyId = reader.Text("key_id", 128),
            Broker = reader.Text("broker", 256),
            Expires = reader.Integer("expires", 0, long.MaxValue >> 11),
        };
        reader.End();
        return challenge;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteBytes("challenge", Challenge.AsSpan());
        json.WriteString("key_id", KeyId);
        json.WriteString("broker", Broker);
        json.WriteNumber("expires", Expires);
        json.WriteEndObject();
    });

    /// <summary>HPKE info under which the data key is wrapped: it names challenge, key, manifest and broker.</summary>
    public byte[] WrapInfo(Digest manifest) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("use", "amnion/release/1");
        json.WriteBytes("challenge", Challenge.AsSpan());
        json.WriteString("key_id", KeyId);
        json.WriteString("broker", Broker);
        json.WriteDigest("manifest", manifest);
        json.WriteEndObject();
    });
}
