using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>What was extended into registers 16 to 23 and in which order: "amnion/register-log/1".</summary>
public sealed record RegisterLog(ImmutableArray<RegisterEvent> Events)
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/register-log/1";

    /// <summary>Most events accepted.</summary>
    public const int MaxEvents = 64;

    /// <summary>First register of the plan.</summary>
    public const int FirstRegister = 16;

    /// <summary>Last register of the plan.</summary>
    public const int LastRegister = 23;

    /// <summary>Bytes of a register: SHA-384.</summary>
    public const int RegisterLength = 48;

    /// <summary>Event name and register: the model manifest.</summary>
    public const string ModelManifest = "model.manifest";

    /// <summary>Event name: engine configuration (register 17).</summary>
    public const string EngineConfiguration = "engine.config";

    /// <summary>Event name: guard policy (register 18).</summary>
    public const string GuardPolicy = "guard.policy";

    /// <summary>Event name: crypto suite policy (register 21).</summary>
    public const string SuitePolicy = "suite.policy";

    /// <summary>Event name: release channel and version (register 22).</summary>
    public const string ReleaseVersion = "release.version";

    /// <summary>Event name: egress schema (register 23).</summary>
    public const string EgressSchema = "egress.schema";

    /// <summary>The register an event of this version must stand in.</summary>
    public static ImmutableDictionary<string, int> Plan { get; } = new Dictionary<string, int>
    {
        [ModelManifest] = 16,
        [EngineConfiguration] = 17,
        [GuardPolicy] = 18,
        [SuitePolicy] = 21,
        [ReleaseVersion] = 22,
        [EgressSchema] = 23,
    }.ToImmutableDictionary();

    /// <summary>SHA-384 over the log's canonical JSON.</summary>
    public Digest ComputeHead() => Digest.Sha384(ToJson());

    /// <summary>The value each register 16 to 23 must have after these events: SHA-384(old ‖ digest), from zero.</summary>
    public ImmutableDictionary<int, ImmutableArray<byte>> Replay()
    {
        var registers = Enumerable.Range(FirstRegister, LastRegister - FirstRegister + 1).ToDictionary(index => index, _ => new byte[RegisterLength]);
        foreach (var entry in Events)
        {
            registers[entry.Register] = SHA384.HashData([.. registers[entry.Register], .. entry.Digest.Bytes]);
        }

        return registers.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray());
    }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static RegisterLog Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, 32 * 1024, Format);
        return Read(new JsonObjectReader(document.RootElement, Format));
    }

    internal static RegisterLog Read(JsonObjectReader reader)
    {
        reader.Constant("format", Format);
        var events = reader.Objects("events", MaxEvents, item =>
        {
            var entry = new RegisterEvent((int)item.Integer("register", FirstRegister, LastRegister), item.Text("event", 64), item.Digest("digest"));
            item.End();
            return entry.Digest.Bytes.Length == RegisterLength ? entry : throw item.Refuse("digest", "must be SHA-384");
        });
        reader.End();
        return new RegisterLog(events);
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteStartArray("events");
        foreach (var entry in Events)
        {
            json.WriteStartObject();
            json.WriteNumber("register", entry.Register);
            json.WriteString("event", entry.Name);
            json.WriteDigest("digest", entry.Digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
