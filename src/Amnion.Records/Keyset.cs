using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>The enclave's public identity: its sealing keys, receipt key, validity, model and register log head. One canonical JSON, "amnion/keyset/1".</summary>
public sealed record Keyset
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/keyset/1";

    /// <summary>Most bytes accepted.</summary>
    public const int MaxLength = 32 * 1024;

    /// <summary>Longest life of a keyset in milliseconds: 10 minutes (a replay memory lives as long as its key).</summary>
    public const long MaxLifetimeMs = 10 * 60 * 1000;

    /// <summary>Serve or release.</summary>
    public required Purpose Purpose { get; init; }

    /// <summary>Random 16-byte identity of this enclave run, hexadecimal.</summary>
    public required string Enclave { get; init; }

    /// <summary>Start of validity, Unix milliseconds, Evidence time.</summary>
    public required long NotBefore { get; init; }

    /// <summary>End of validity, Unix milliseconds, Evidence time.</summary>
    public required long NotAfter { get; init; }

    /// <summary>Keys requests (or, for release, the data key) may be sealed to.</summary>
    public required ImmutableArray<SealingKey> Sealing { get; init; }

    /// <summary>SubjectPublicKeyInfo of the ES256 key that signs receipts; empty in a release keyset.</summary>
    public required ImmutableArray<byte> ReceiptKey { get; init; }

    /// <summary>SHA-384 of the model manifest.</summary>
    public required Digest Model { get; init; }

    /// <summary>Head of the register log.</summary>
    public required Digest LogHead { get; init; }

    /// <summary>SHA-384 over the canonical JSON.</summary>
    public Digest ComputeDigest() => Digest.Sha384(ToJson());

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static Keyset Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        return Read(new JsonObjectReader(document.RootElement, Format));
    }

    internal static Keyset Read(JsonObjectReader reader)
    {
        reader.Constant("format", Format);
        var purpose = reader.Text("purpose") switch
        {
            "serve" => Purpose.Serve,
            "release" => Purpose.Release,
            _ => throw reader.Refuse("purpose", "must be \"serve\" or \"release\""),
        };
        var keyset = new Keyset
        {
            Purpose = purpose,
            Enclave = reader.Text("enclave", 32),
            NotBefore = reader.Integer("not_before", 0, long.MaxValue >> 11),
            NotAfter = reader.Integer("not_after", 0, long.MaxValue >> 11),
            Sealing = reader.Objects("sealing", 8, SealingKey.Read),
            ReceiptKey = reader.Bytes("receipt_key", 256),
            Model = reader.Digest("model"),
            LogHead = reader.Digest("log_head"),
        };
        reader.End();
        if (keyset.Enclave.Length != 32 || !keyset.Enclave.All(char.IsAsciiHexDigitLower))
        {
            throw reader.Refuse("enclave", "must be 32 lower-case hexadecimal digits");
        }

        if (keyset.NotAfter <= keyset.NotBefore || keyset.NotAfter - keyset.NotBefore > MaxLifetimeMs)
        {
            throw reader.Refuse("not_after", $"must be at most {MaxLifetimeMs} ms after not_before");
        }

        if (keyset.Sealing.IsEmpty || keyset.Sealing.Select(key => key.Id).Distinct().Count() != keyset.Sealing.Length)
        {
            throw reader.Refuse("sealing", "must hold at least one key, each with its own id");
        }

        if (purpose == Purpose.Serve && keyset.Sealing.Any(key => key.IsRecipient))
        {
            throw reader.Refuse("sealing", "must hold keys of requests only in a serve keyset");
        }

        return (purpose == Purpose.Serve) != keyset.ReceiptKey.IsEmpty
            ? keyset
            : throw reader.Refuse("receipt_key", "must be present in a serve keyset and empty in a release keyset");
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("purpose", Purpose == Purpose.Serve ? "serve" : "release");
        json.WriteString("enclave", Enclave);
        json.WriteNumber("not_before", NotBefore);
        json.WriteNumber("not_after", NotAfter);
        json.WriteStartArray("sealing");
        foreach (var key in Sealing)
        {
            key.Write(json);
        }

        json.WriteEndArray();
        json.WriteBytes("receipt_key", ReceiptKey.AsSpan());
        json.WriteDigest("model", Model);
        json.WriteDigest("log_head", LogHead);
        json.WriteEndObject();
    });
}
