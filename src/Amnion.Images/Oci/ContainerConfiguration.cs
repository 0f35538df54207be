using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>What is read of an image configuration: OCI Image Specification 1.1, config.md; Docker's is the same.</summary>
sealed record ContainerConfiguration(string Architecture, WorkloadStart Start, ImmutableArray<Digest> DiffIds)
{
    public const int MaxLength = 4 * 1024 * 1024;
    const int MaxTexts = 1024;
    const int MaxTextLength = 32768;
    public const int MaxLayers = 256;

    public static ContainerConfiguration Parse(ReadOnlySpan<byte> json)
    {
        using var document = OciJson.Parse(json, MaxLength, "configuration");
        var root = document.RootElement;
        var config = OciJson.Object(root, "config");
        var arguments = Texts(config, "Entrypoint").AddRange(Texts(config, "Cmd"));
        var directory = OciJson.Text(config, "WorkingDir") is { Length: > 0 } text ? text : "/";
        var environment = Texts(config, "Env");
        if (directory[0] != '/' || environment.Any(variable => variable.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            throw new OciFormatException(0, "config", "WorkingDir is not absolute, or a variable has no name");
        }

        var diffIds = OciJson.Array(OciJson.Object(root, "rootfs"), "diff_ids", MaxLayers)
            .Select(item => item.ValueKind == JsonValueKind.String && Digest.TryParse(item.GetString(), out var digest) && digest.Bytes.Length == 32 ? digest : throw new OciFormatException(0, "rootfs.diff_ids", "an item is no sha256 digest"));
        return new ContainerConfiguration(OciJson.Text(root, "architecture") ?? "", new WorkloadStart(arguments, environment, directory), [.. diffIds]);
    }

    static ImmutableArray<string> Texts(JsonElement? parent, string name) =>
    [
        .. OciJson.Array(parent, name, MaxTexts).Select(item => item.ValueKind == JsonValueKind.String && item.GetString() is { Length: <= MaxTextLength } text && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : throw new OciFormatException(0, $"config.{name}", "an item is no text")),
    ];
}
