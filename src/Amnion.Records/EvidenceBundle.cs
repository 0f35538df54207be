using System.Collections.Immutable;

namespace Amnion.Records;

/// <summary>Evidence and everything needed to appraise it: keyset, register log and the preimages of the registers. "amnion/evidence/1".</summary>
public sealed record EvidenceBundle
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/evidence/1";

    /// <summary>Most bytes accepted: 4 MiB (the model manifest may be 1 MiB before base64url).</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Most bytes of one preimage.</summary>
    public const int MaxPreimageLength = 1024 * 1024;

    /// <summary>"local", "qemu" or "nitro".</summary>
    public required string Platform { get; init; }

    /// <summary>The platform's Evidence, for Nitro the COSE_Sign1 document.</summary>
    public required ImmutableArray<byte> Evidence { get; init; }

    /// <summary>The keyset it binds.</summary>
    public required Keyset Keyset { get; init; }

    /// <summary>The register log it binds.</summary>
    public required RegisterLog RegisterLog { get; init; }

    /// <summary>What was measured into registers 16 to 23, by event name.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<byte>> Preimages { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static EvidenceBundle Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        return Read(new JsonObjectReader(document.RootElement, Format));
    }

    internal static EvidenceBundle Read(JsonObjectReader reader)
    {
        reader.Constant("format", Format);
        var preimages = reader.Object("preimages");
        var bundle = new EvidenceBundle
        {
            Platform = reader.Text("platform", 16),
            Evidence = reader.Bytes("evidence", 64 * 1024, 1),
            Keyset = Keyset.Read(reader.Object("keyset")),
            RegisterLog = RegisterLog.Read(reader.Object("register_log")),
            Preimages = preimages.Names(RegisterLog.MaxEvents).ToImmutableSortedDictionary(name => name, name => preimages.Bytes(name, MaxPreimageLength), StringComparer.Ordinal),
        };
        reader.End();
        return bundle;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("platform", Platform);
        json.WriteBytes("evidence", Evidence.AsSpan());
        json.WriteJson("keyset", Keyset.ToJson());
        json.WriteJson("register_log", RegisterLog.ToJson());
        json.WriteStartObject("preimages");
        foreach (var (name, value) in Preimages)
        {
            json.WriteBytes(name, value.AsSpan());
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });
}
