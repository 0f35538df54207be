using System.Collections.Immutable;

namespace Amnion.Images.Specification;

/// <summary>How a foreign program is started; overrides what its image says.</summary>
public sealed record WorkloadSpecification
{
    /// <summary>Program and arguments; null takes the image's.</summary>
    public ImmutableArray<string>? Arguments { get; init; }

    /// <summary>Variables that are set or replaced.</summary>
    public required ImmutableArray<(string Name, string Value)> Environment { get; init; }

    /// <summary>Working directory; null takes the image's.</summary>
    public string? Directory { get; init; }

    /// <summary>TCP port on loopback on which it listens, 1024 to 65535: it may not open a lower one.</summary>
    public required int Port { get; init; }

    /// <summary>True where several tenants may be served by it, although it may keep what it saw of one when it serves another.</summary>
    public bool Shared { get; init; }

    internal static WorkloadSpecification Read(SpecificationReader reader)
    {
        var arguments = reader.Texts("arguments", 256, 4096);
        if (arguments is { Count: 0 })
        {
            throw reader.Refuse("arguments", "must name a program");
        }

        var environment = reader.Pairs("environment", 256, 4096) ?? [];
        if (environment.Any(pair => pair.Key.Length == 0 || pair.Key.Contains('=', StringComparison.Ordinal) || pair.Key.Contains('\0', StringComparison.Ordinal)))
        {
            throw reader.Refuse("environment", "has a name that is empty or holds '='");
        }

        var workload = new WorkloadSpecification
        {
            Arguments = arguments is null ? null : [.. arguments],
            Environment = [.. environment],
            Directory = reader.Text("directory", 4095),
            Port = reader.Integer("port", 1024, 65535) ?? throw new ImageSpecificationException(reader.Line, "workload.port is missing"),
            Shared = reader.Flag("shared"),
        };
        if (workload.Directory is { } directory && directory[0] != '/')
        {
            throw reader.Refuse("directory", "must be absolute");
        }

        reader.End();
        return workload;
    }
}
