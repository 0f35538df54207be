using System.Text.Json;

namespace Amnion.Records;

/// <summary>Of an engine configuration: a server with OpenAI's API that runs unmodified beside the enclave program, and what it is held to.</summary>
public sealed record WorkloadSettings
{
    /// <summary>The only kind there is: OpenAI's API over HTTP/1.1 on loopback.</summary>
    public const string Kind = "openai";

    /// <summary>How <see cref="EngineConfiguration.Engine"/> starts where there is a workload.</summary>
    public const string EnginePrefix = "openai ";

    /// <summary>Where servers listen that are told nothing else.</summary>
    public const int DefaultPort = 8080;

    /// <summary>First port that a server without privileges can listen on.</summary>
    public const int FirstPort = 1024;

    /// <summary>Seconds a server has to become ready where nothing else is said.</summary>
    public const int DefaultReadySeconds = 600;

    /// <summary>SHA-384 of the image's workload.argv: the server's command line, each argument ended by a zero byte.</summary>
    public required Digest Arguments { get; init; }

    /// <summary>Port on 127.0.0.1 it listens on, 1024 to 65535.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>What it calls its model, 1 to 256 printable ASCII characters.</summary>
    public required string Model { get; init; }

    /// <summary>Seconds from its start until it must be ready, 1 to 3600.</summary>
    public int ReadySeconds { get; init; } = DefaultReadySeconds;

    /// <summary>
    /// True where several tenants may be served by the one process, which keeps nothing of them apart but what it keeps apart itself.
    /// False holds the enclave to one tenant for its whole life.
    /// </summary>
    public bool Shared { get; init; }

    internal static WorkloadSettings Read(JsonObjectReader reader)
    {
        reader.Constant("kind", Kind);
        var settings = new WorkloadSettings
        {
            Arguments = reader.Digest("argv"),
            Port = (int)reader.Integer("port", FirstPort, ushort.MaxValue),
            Model = reader.Text("model", 256),
            ReadySeconds = (int)reader.Integer("ready_seconds", 1, 3600),
            Shared = reader.Flag("shared"),
        };
        reader.End();
        if (settings.Arguments.Bytes.Length != RegisterLog.RegisterLength)
        {
            throw reader.Refuse("argv", "must be SHA-384");
        }

        return settings.Model.Length > 0 && settings.Model.All(c => c is >= ' ' and <= '~')
            ? settings
            : throw reader.Refuse("model", "must be 1 to 256 printable ASCII characters");
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("workload");
        json.WriteString("kind", Kind);
        json.WriteDigest("argv", Arguments);
        json.WriteNumber("port", Port);
        json.WriteString("model", Model);
        json.WriteNumber("ready_seconds", ReadySeconds);
        json.WriteBoolean("shared", Shared);
        json.WriteEndObject();
    }
}
