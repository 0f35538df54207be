using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>The published cases of tokens and claim sets, enumerated through the folder's MANIFEST.json.</summary>
static class TokenVectors
{
    public const string Folder = "vectors/attestation";

    static readonly Lazy<JsonDocument> s_manifest = new(() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), "MANIFEST.json"))));

    public static TheoryData<string> Identifiers => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder)) ? [.. Cases.Select(entry => entry.GetProperty("id").GetString()!)] : ["absent"];

    public static byte[] Read(string id) =>
        File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), Cases.Single(entry => entry.GetProperty("id").GetString() == id).GetProperty("files")[0].GetProperty("path").GetString()!));

    /// <summary>A file of another set that holds claims too.</summary>
    public static byte[] ReadAt(string path) => File.ReadAllBytes(Path.Combine(SharedData.Folder(Folder), path));

    static IEnumerable<JsonElement> Cases => s_manifest.Value.RootElement.GetProperty("cases").EnumerateArray().Where(entry => entry.GetProperty("tee").GetString() == "tokens");
}
