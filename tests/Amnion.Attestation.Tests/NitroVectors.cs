using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Attestation.Tests;

/// <summary>The published Nitro cases, enumerated through the folder's MANIFEST.json.</summary>
static class NitroVectors
{
    public const string Folder = "vectors/attestation";

    static readonly Lazy<JsonDocument> s_manifest = new(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "MANIFEST.json"))));

    /// <summary>Every case identifier, or one placeholder where the folder is absent, so that its test can skip or fail.</summary>
    public static TheoryData<string> Identifiers => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder))
        ? [.. Cases.Select(entry => entry.GetProperty("id").GetString()!)]
        : ["absent"];

    public static IEnumerable<JsonElement> Cases => Of("cases");

    public static IEnumerable<JsonElement> Files => Of("files");

    public static JsonElement Case(string id) => Cases.Single(entry => entry.GetProperty("id").GetString() == id);

    /// <summary>Reads a file the manifest lists, and holds it to the manifest's digest.</summary>
    public static byte[] Read(string path)
    {
        var bytes = File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), path));
        var listed = Files.Single(entry => entry.GetProperty("path").GetString() == path);
        Assert.Equal(listed.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return bytes;
    }

    public static byte[] Evidence(JsonElement entry) =>
        Read(entry.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("role").GetString() == "evidence").GetProperty("path").GetString()!);

    static IEnumerable<JsonElement> Of(string array) => s_manifest.Value.RootElement.GetProperty(array).EnumerateArray().Where(entry => entry.GetProperty("tee").GetString() == "nitro");
}
