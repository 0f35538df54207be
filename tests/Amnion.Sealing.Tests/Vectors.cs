using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

/// <summary>Reading the published vectors.</summary>
static class Vectors
{
    public const string Root = "vectors/protocols/";

    /// <summary>Every JSON file of a vector folder, in the manifest's order.</summary>
    public static IEnumerable<(string Name, JsonElement Content)> Files(string folder)
    {
        foreach (var path in SharedData.ManifestFiles(Root + folder))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            yield return (Path.GetFileName(path), document.RootElement.Clone());
        }
    }

    public static JsonElement Single(string folder, string name) => Files(folder).Single(file => file.Name == name).Content;

    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    public static int FuzzIterations(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var more) ? Math.Max(usual, more) : usual;
}
