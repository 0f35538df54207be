namespace Amnion.Records;

/// <summary>What register 17 measures: the engine, its limits, and whose signatures the enclave obeys. "amnion/engine/1".</summary>
public sealed record EngineConfiguration
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/engine/1";

    /// <summary>Engine name and version, for example "llama.cpp 0.5.0".</summary>
    public required string Engine { get; init; }

    /// <summary>Context size of one sequence, tokens.</summary>
    public required int Context { get; init; }

    /// <summary>Sequences decoded at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Most tokens of one answer.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Engine threads; 0 lets the enclave take the processors it has.</summary>
    public required int Threads { get; init; }

    /// <summary>"streamed" opens segment by segment; "full" also compares every file's SHA-256 with the manifest.</summary>
    public required string Verify { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo that signs configuration releases.</summary>
    public required Digest ConfigurationSigner { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo that must have signed the model manifest.</summary>
    public required Digest ModelSigner { get; init; }

    /// <summary>The foreign server that is the engine; null where the engine is the enclave program's own.</summary>
    public WorkloadSettings? Workload { get; init; }

    /// <summary>Parses strictly.</summary>
    /// <exception cref="RecordFormatException">Anything the format does not allow.</exception>
    public static EngineConfiguration Parse(ReadOnlySpan<byte> json)
    {
        using var document = CanonicalJson.Parse(json, 8192, Format);
        var reader = new JsonObjectReader(document.RootElement, Format);
        reader.Constant("format", Format);
        var configuration = new EngineConfiguration
        {
            Engine = reader.Text("engine", 64),
            Context = (int)reader.Integer("context", 64, 1 << 20),
            Slots = (int)reader.Integer("slots", 1, 256),
            MaxTokens = (int)reader.Integer("max_tokens", 1, 1 << 20),
            Threads = (int)reader.Integer("threads", 0, 1024),
            Verify = reader.Text("verify", 16),
            ConfigurationSigner = reader.Digest("config_signer"),
            ModelSigner = reader.Digest("model_signer"),
            Workload = reader.Optional("workload", WorkloadSettings.Read),
        };
        reader.End();
        if (configuration.Verify is not ("streamed" or "full"))
        {
            throw reader.Refuse("verify", "must be \"streamed\" or \"full\"");
        }

        // Who reads only the name must not take a foreign server for the built-in engine, nor the other way round.
        return configuration.Engine.StartsWith(WorkloadSettings.EnginePrefix, StringComparison.Ordinal) == configuration.Workload is not null
            ? configuration
            : throw reader.Refuse("engine", $"must start with \"{WorkloadSettings.EnginePrefix}\" where there is a workload, and nowhere else");
    }

    /// <summary>The canonical JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("engine", Engine);
        json.WriteNumber("context", Context);
        json.WriteNumber("slots", Slots);
        json.WriteNumber("max_tokens", MaxTokens);
        json.WriteNumber("threads", Threads);
        json.WriteString("verify", Verify);
        json.WriteDigest("config_signer", ConfigurationSigner);
        json.WriteDigest("model_signer", ModelSigner);
        Workload?.Write(json);
        json.WriteEndObject();
    });
}
