namespace Amnion.Records;

/// <summary>
/// What an enclave image was built for, as it stands in the image at /etc/amnion/image.json and so in registers 0 and 2. "amnion/image/1";
/// docs/specs/image.md §6.
/// </summary>
public sealed record ImageConfiguration
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/image/1";

    /// <summary>Bytes of the JSON at most.</summary>
    public const int MaxLength = 16384;

    /// <summary>The image's name, 1 to 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The image's version, 1 to 64 characters.</summary>
    public required string Version { get; init; }

    /// <summary>"x86_64" or "aarch64".</summary>
    public required string Architecture { get; init; }

    /// <summary>Engine name and version, for example "llama.cpp 0.5.0"; "workload" where a foreign program serves.</summary>
    public required string Engine { get; init; }

    /// <summary>Context size of one sequence, tokens.</summary>
    public required int Context { get; init; }

    /// <summary>Sequences decoded at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Most tokens of one answer.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Engine threads; 0 lets the enclave take the processors it has.</summary>
    public required int Threads { get; init; }

    /// <summary>"streamed" or "full", as in <see cref="EngineConfiguration.Verify"/>.</summary>
    public required string Verify { get; init; }

    /// <summary>The only model that the image may serve, by its manifest's digest; null lets the key broker choose.</summary>
    public Digest? Model { get; init; }

    /// <summary>SHA-384 of /etc/amnion/guard.policy; null where there is none.</summary>
    public Digest? Guard { get; init; }

    /// <summary>SHA-384 of the egress schema the image was built for.</summary>
    public required Digest Egress { get; init; }

    /// <summary>Processors the enclave is meant to get.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory the enclave is meant to get, MiB; 0 where whoever starts it computes it.</summary>
    public required int MemoryMib { get; init; }

    /// <summary>TCP port on loopback on which the workload listens; null without a workload.</summary>
    public int? WorkloadPort { get; init; }

    /// <summary>True where several tenants may be served by the one workload, which may keep what it saw of one when it serves another.</summary>
    public bool SharedWorkload { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static ImageConfiguration Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, MaxLength, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var engine = reader.Object("engine");
        var resources = reader.Object("resources");
        var configuration = new ImageConfiguration
        {
            Name = reader.Text("name", 64),
            Version = reader.Text("version", 64),
            Architecture = reader.Text("architecture", 16),
            Engine = engine.Text("name", 64),
            Context = (int)engine.Integer("context", 64, 1 << 20),
            Slots = (int)engine.Integer("slots", 1, 256),
            MaxTokens = (int)engine.Integer("max_tokens", 1, 1 << 20),
            Threads = (int)engine.Integer("threads", 0, 1024),
            Verify = engine.Text("verify", 16),
            Model = reader.OptionalText("model", 128) is { } model ? ParseDigest(reader, "model", model) : null,
            Guard = reader.OptionalText("guard", 128) is { } guard ? ParseDigest(reader, "guard", guard) : null,
            Egress = reader.Digest("egress"),
            Cpus = (int)resources.Integer("cpus", 1, 1024),
            MemoryMib = (int)resources.Integer("memory_mib", 0, 1 << 24),
            WorkloadPort = (int?)reader.OptionalInteger("workload_port", 1024, 65535),
            SharedWorkload = reader.Flag("shared_workload"),
        };
        engine.End();
        resources.End();
        reader.End();
        return configuration;
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("name", Name);
        json.WriteString("version", Version);
        json.WriteString("architecture", Architecture);
        json.WriteStartObject("engine");
        json.WriteString("name", Engine);
        json.WriteNumber("context", Context);
        json.WriteNumber("slots", Slots);
        json.WriteNumber("max_tokens", MaxTokens);
        json.WriteNumber("threads", Threads);
        json.WriteString("verify", Verify);
        json.WriteEndObject();
        if (Model is { } model)
        {
            json.WriteDigest("model", model);
        }

        if (Guard is { } guard)
        {
            json.WriteDigest("guard", guard);
        }

        json.WriteDigest("egress", Egress);
        json.WriteStartObject("resources");
        json.WriteNumber("cpus", Cpus);
        json.WriteNumber("memory_mib", MemoryMib);
        json.WriteEndObject();
        if (WorkloadPort is { } port)
        {
            json.WriteNumber("workload_port", port);
        }

        if (SharedWorkload)
        {
            json.WriteBoolean("shared_workload", true);
        }

        json.WriteEndObject();
    });

    static Digest ParseDigest(JsonObjectReader reader, string name, string text) => Digest.TryParse(text, out var digest) ? digest : throw reader.Refuse(name, "must be a digest");
}
