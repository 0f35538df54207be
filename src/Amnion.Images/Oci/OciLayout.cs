using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Images.Content;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>An OCI image layout: a folder with "oci-layout", "index.json" and "blobs". OCI Image Specification 1.1, image-layout.md.</summary>
sealed class OciLayout : IContainerImage
{
    const int MaxManifestLength = 4 * 1024 * 1024;
    const int MaxManifests = 256;
    const int MaxDepth = 3;

    static readonly ImmutableArray<string> Indexes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
    static readonly ImmutableArray<string> Manifests = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
    static readonly ImmutableArray<string> Layers =
    [
        "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ];

    readonly string _folder;

    OciLayout(string folder) => _folder = folder;

    public static OciLayout Open(string folder)
    {
        var marker = Path.Combine(folder, "oci-layout");
        if (!File.Exists(marker))
        {
            throw new OciFormatException(0, "oci-layout", $"\"{Printable.Escape(folder)}\" is no OCI image layout");
        }

        using var document = OciJson.Parse(Read(marker, 4096, "oci-layout"), 4096, "oci-layout");
        return OciJson.Text(document.RootElement, "imageLayoutVersion") == "1.0.0" ? new OciLayout(folder) : throw new OciFormatException(0, "imageLayoutVersion", "is not 1.0.0");
    }

    public (ContainerConfiguration Configuration, ImmutableArray<ContainerLayer> Layers, ImmutableArray<WorkloadSource> Sources) Select(ImageArchitecture architecture)
    {
        var wanted = architecture == ImageArchitecture.Arm64 ? "arm64" : "amd64";
        var images = new List<(byte[] Manifest, ContainerConfiguration Configuration, byte[] Raw)>();
        Collect(Read(Path.Combine(_folder, "index.json"), MaxManifestLength, "index.json"), "index.json", wanted, MaxDepth, images);
        if (images.Count != 1)
        {
            throw new OciFormatException(0, "index.json", $"names {images.Count} images for {wanted}; expected one");
        }

        var (manifest, configuration, raw) = images[0];
        using var document = OciJson.Parse(manifest, MaxManifestLength, "manifest");
        var layers = OciJson.Array(document.RootElement, "layers", ContainerConfiguration.MaxLayers).Select((item, i) => Layer(item, i + 1)).ToImmutableArray();
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

    void Collect(byte[] index, string name, string wanted, int depth, List<(byte[] Manifest, ContainerConfiguration Configuration, byte[] Raw)> images)
    {
        if (depth == 0)
        {
            throw new OciFormatException(0, name, "indexes are nested too deep");
        }

        using var document = OciJson.Parse(index, MaxManifestLength, name);
        foreach (var item in OciJson.Array(document.RootElement, "manifests", MaxManifests))
        {
            var type = OciJson.Text(item, "mediaType") ?? "";
            var platform = OciJson.Text(OciJson.Object(item, "platform"), "architecture");
            if (platform is not null && platform != wanted)
            {
                // Another processor, or "unknown" for build provenance.
                continue;
            }

            if (Indexes.Contains(type))
            {
                Collect(Blob(item, MaxManifestLength, "index"), "index", wanted, depth - 1, images);
            }
            else if (Manifests.Contains(type))
            {
                AddManifest(Blob(item, MaxManifestLength, "manifest"), wanted, images);
            }
        }
    }

    void AddManifest(byte[] manifest, string wanted, List<(byte[] Manifest, ContainerConfiguration Configuration, byte[] Raw)> images)
    {
        using var document = OciJson.Parse(manifest, MaxManifestLength, "manifest");
        var descriptor = OciJson.Object(document.RootElement, "config") ?? throw new OciFormatException(0, "config", "is missing");
        var raw = Blob(descriptor, ContainerConfiguration.MaxLength, "configuration");
        var configuration = ContainerConfiguration.Parse(raw);
        if (configuration.Architecture == wanted)
        {
            images.Add((manifest, configuration, raw));
        }
    }

    ContainerLayer Layer(JsonElement descriptor, int number)
    {
        var name = $"layer {number}";
        var type = OciJson.Text(descriptor, "mediaType") ?? "";
        if (!Layers.Contains(type))
        {
            throw new OciFormatException(0, name, $"has the media type \"{Printable.Escape(type)}\", which is not read here");
        }

        var (content, digest) = Find(descriptor, name);
        return new ContainerLayer(name, content, digest);
    }

    byte[] Blob(JsonElement descriptor, int maxLength, string field)
    {
        var (content, digest) = Find(descriptor, field);
        return OciBlob.Read(content, digest, maxLength, field);
    }

    (ImageContent Content, Digest Digest) Find(JsonElement descriptor, string field)
    {
        // The digest's grammar leaves nothing that could be a path.
        if (!Digest.TryParse(OciJson.Text(descriptor, "digest"), out var digest) || digest.Bytes.Length != 32)
        {
            throw new OciFormatException(0, field, "the descriptor has no sha256 digest");
        }

        var path = Path.Combine(_folder, "blobs", "sha256", digest.Hex);
        if (!File.Exists(path))
        {
            throw new OciFormatException(0, field, $"the blob {digest} is missing");
        }

        var content = ImageContent.FromFile(path);
        return content.Length == OciJson.Integer(descriptor, "size") ? (content, digest) : throw new OciFormatException(0, field, $"the blob {digest} has {content.Length} bytes, not those of its descriptor");
    }

    static byte[] Read(string path, int maxLength, string field)
    {
        if (!File.Exists(path))
        {
            throw new OciFormatException(0, field, "is missing");
        }

        var content = ImageContent.FromFile(path);
        return content.Length <= maxLength ? content.ToArray(maxLength) : throw new OciFormatException(0, field, $"has {content.Length} bytes; at most {maxLength} are accepted");
    }
}
