using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Images.Tests;

/// <summary>Container images made of small layers.</summary>
static class Containers
{
    public const string Settings = """{"Entrypoint":["server"],"Cmd":["--port","8080"],"Env":["PATH=/bin:/usr/bin","A=1"],"WorkingDir":"/srv"}""";

    public static byte[] Layer(params TarEntry[] entries)
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return buffer.ToArray();
    }

    public static TarEntry File(string path, string text, bool executable = false) => new PaxTarEntry(TarEntryType.RegularFile, path)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Mode = executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100,
    };

    public static TarEntry Folder(string path) => new PaxTarEntry(TarEntryType.Directory, path);

    public static TarEntry Link(string path, string target, TarEntryType type = TarEntryType.SymbolicLink) => new PaxTarEntry(type, path) { LinkName = target };

    public static byte[] Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return buffer.ToArray();
    }

    public static string Configuration(IEnumerable<byte[]> layers, string settings = Settings, string architecture = "amd64") =>
        $$"""{"architecture":"{{architecture}}","os":"linux","config":{{settings}},"rootfs":{"type":"layers","diff_ids":[{{string.Join(',', layers.Select(layer => $"\"sha256:{Hex(layer)}\""))}}]} }""";

    /// <summary>Writes an OCI layout; layers are compressed where <paramref name="gzip"/> says so.</summary>
    public static string Layout(TempFolder folder, byte[][] layers, string settings = Settings, bool gzip = true, string mediaType = "application/vnd.oci.image.layer.v1.tar+gzip")
    {
        var root = folder.Combine("layout");
        folder.Write("layout/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8);
        var configuration = Blob(folder, Encoding.UTF8.GetBytes(Configuration(layers, settings)));
        var stored = layers.Select(layer => Blob(folder, gzip ? Gzip(layer) : layer)).ToList();
        var manifest = Blob(folder, Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", configuration)}},"layers":[{{string.Join(',', stored.Select(blob => Descriptor(mediaType, blob)))}}]}"""));
        folder.Write("layout/index.json", Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[{{Descriptor("application/vnd.oci.image.manifest.v1+json", manifest)}}]}"""));
        return root;
    }

    /// <summary>Writes what docker save writes.</summary>
    public static string Saved(TempFolder folder, byte[][] layers)
    {
        var configuration = Configuration(layers);
        var name = Hex(Encoding.UTF8.GetBytes(configuration)) + ".json";
        var manifest = $$"""[{"Config":"{{name}}","RepoTags":["a:b"],"Layers":[{{string.Join(',', layers.Select((_, i) => $"\"{i}/layer.tar\""))}}]}]""";
        var entries = layers.Select((layer, i) => (TarEntry)new PaxTarEntry(TarEntryType.RegularFile, $"{i}/layer.tar") { DataStream = new MemoryStream(layer) });
        return folder.Write("saved.tar", Layer([.. entries, File(name, configuration), File("manifest.json", manifest)]));
    }

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static (string Digest, int Length) Blob(TempFolder folder, byte[] bytes)
    {
        folder.Write("layout/blobs/sha256/" + Hex(bytes), bytes);
        return (Hex(bytes), bytes.Length);
    }

    static string Descriptor(string type, (string Digest, int Length) blob) => $$"""{"mediaType":"{{type}}","digest":"sha256:{{blob.Digest}}","size":{{blob.Length}}}""";
}
