using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text.Json;
using Amnion.Images.Content;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>What "docker save" writes: a tar archive with "manifest.json", which names the configuration and the layers. The files stay in the archive and are read in place.</summary>
sealed class DockerArchive : IContainerImage
{
    const int MaxManifestLength = 4 * 1024 * 1024;
    const int MaxFiles = 10_000;

    readonly Dictionary<string, ImageContent> _files;

    DockerArchive(Dictionary<string, ImageContent> files) => _files = files;

    public static DockerArchive Open(string path)
    {
        var whole = ImageContent.FromFile(path);
        var files = new Dictionary<string, ImageContent>(StringComparer.Ordinal);
        var links = new List<(string Name, string Target)>();
        using (var guard = new TarGuard("archive"))
        {
            whole.ReadAll(guard.Take);
            guard.End();
        }

        using var stream = whole.OpenRead();
        try
        {
            using var reader = new TarReader(stream, leaveOpen: true);
            while (reader.GetNextEntry() is { } entry)
            {
                if (files.Count + links.Count == MaxFiles)
                {
                    throw new OciFormatException(stream.Position, "archive", $"more than {MaxFiles} files");
                }

                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.DataOffset >= 0 && !files.TryAdd(Normal(entry.Name), whole.Slice(entry.DataOffset, entry.Length)))
                {
                    throw new OciFormatException(stream.Position, "archive", $"\"{Printable.Escape(entry.Name)}\" stands twice");
                }

                if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                {
                    // Older versions save a layer that two images share once and link to it.
                    links.Add((Normal(entry.Name), entry.EntryType == TarEntryType.HardLink ? Normal(entry.LinkName) : Relative(entry.Name, entry.LinkName)));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or EndOfStreamException or FormatException and not OciFormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new OciFormatException(Math.Max(0, Math.Min(stream.Position, whole.Length)), "archive", "no tar archive, or a damaged one", exception);
        }

        foreach (var (name, target) in links)
        {
            if (files.TryGetValue(target, out var content))
            {
                files.TryAdd(name, content);
            }
        }

        return new DockerArchive(files);
    }

    public (ContainerConfiguration Configuration, ImmutableArray<ContainerLayer> Layers, ImmutableArray<WorkloadSource> Sources) Select(ImageArchitecture architecture)
    {
        var manifest = Find("manifest.json").ToArray(MaxManifestLength);
        using var document = OciJson.Parse(manifest, MaxManifestLength, "manifest.json");
        if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() != 1)
        {
            throw new OciFormatException(0, "manifest.json", "expected an array with one image; save one image alone");
        }

        var image = document.RootElement[0];
        var name = OciJson.Text(image, "Config") ?? throw new OciFormatException(0, "Config", "is missing");
        var content = Find(name);
        var raw = content.Length <= ContainerConfiguration.MaxLength ? content.ToArray(ContainerConfiguration.MaxLength) : throw new OciFormatException(0, "Config", "is too long");
        CheckName(name, raw);
        var configuration = ContainerConfiguration.Parse(raw);
        if (configuration.Architecture != (architecture == ImageArchitecture.Arm64 ? "arm64" : "amd64"))
        {
            throw new OciFormatException(0, "architecture", $"the saved image is for \"{Printable.Escape(configuration.Architecture)}\"");
        }

        // Only diff_ids bind the layers, to the archives as they are uncompressed.
        var layers = OciJson.Array(image, "Layers", ContainerConfiguration.MaxLayers).Select((item, i) => new ContainerLayer(
            $"layer {i + 1}",
            Find(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new OciFormatException(0, "Layers", "an item is no text")),
            null)).ToImmutableArray();
        return (configuration, layers,
        [
            new WorkloadSource("manifest", manifest.Length, Digest.Sha384(manifest)),
            new WorkloadSource("configuration", raw.Length, Digest.Sha384(raw)),
            .. layers.Select(layer => new WorkloadSource(layer.Name, layer.Content.Length, layer.Content.Sha384())),
        ]);
    }

    public void Dispose()
    {
    }

    // "HEX.json" or "blobs/sha256/HEX": the image's identity, which has to be that of the bytes.
    static void CheckName(string name, byte[] raw)
    {
        var stem = Path.GetFileNameWithoutExtension(name);
        if (stem != Digest.Sha256(raw).Hex)
        {
            throw new OciFormatException(0, "Config", "the configuration's bytes are not those its name says");
        }
    }

    ImageContent Find(string name) => _files.TryGetValue(Normal(name), out var content) ? content : throw new OciFormatException(0, "archive", $"\"{Printable.Escape(name)}\" is missing");

    static string Normal(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    static string Relative(string name, string target)
    {
        var parts = new List<string>(Normal(name).Split('/')[..^1]);
        foreach (var part in target.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
