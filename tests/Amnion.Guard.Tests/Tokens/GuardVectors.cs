using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Tokens;

/// <summary>The published vectors of the guard's modes.</summary>
static class GuardVectors
{
    public static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/guard"), file)));
        return document.RootElement.Clone();
    }

    /// <summary>Every Wycheproof test of every group.</summary>
    public static IEnumerable<(JsonElement Group, JsonElement Test)> Wycheproof(string file) =>
        Read(file).GetProperty("testGroups").EnumerateArray().SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => (group, test)));

    public static byte[] Hex(this JsonElement value, string name) => Convert.FromHexString(value.GetProperty(name).GetString()!);

    public static bool IsValid(this JsonElement test) => test.GetProperty("result").GetString() switch
    {
        "valid" => true,
        "invalid" => false,
        var other => throw new InvalidDataException($"An unknown verdict '{other}'."),
    };

    public static int Id(this JsonElement test) => test.GetProperty("tcId").GetInt32();
}
