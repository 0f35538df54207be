using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>A small folder of a few published cases with their files, to be altered and run.</summary>
sealed class AlteredFolder : IDisposable
{
    const string Vectors = "vectors/attestation";

    static readonly string[] s_named = ["anchor", "intermediate"];

    readonly string _path = Directory.CreateTempSubdirectory("amnion-altered-").FullName;
    readonly JsonArray _cases = [];

    /// <summary>Takes the first published case that fits.</summary>
    public AlteredFolder(Func<ConformanceCase, bool> select) => Add(select);

    public string Root => _path;

    /// <summary>The first case's entry.</summary>
    public JsonObject Case => (JsonObject)_cases[0]!;

    public JsonObject Expected => (JsonObject)Case["expected"]!;

    public JsonArray Files => (JsonArray)Case["files"]!;

    public JsonArray Cases => _cases;

    public static JsonElement Manifest { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Vectors), "MANIFEST.json"))).RootElement;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    /// <summary>Adds another published case, with a copy of everything that it names.</summary>
    public JsonObject Add(Func<ConformanceCase, bool> select)
    {
        var source = SharedData.Folder(Vectors);
        var item = Manifest.GetProperty("cases").EnumerateArray().Select(entry => new ConformanceCase(source, entry)).First(select);
        var paths = item.Entries.Select(entry => entry.Path).Concat(s_named.Select(item.Named).OfType<string>()).Concat(item.Named("chain") is { } chain ? item.FilesUnder(chain) : []);
        foreach (var path in paths)
        {
            Write(path, File.ReadAllBytes(Path.Combine(source, path)));
        }

        var entry = JsonObject.Create(item.Json)!;
        _cases.Add((JsonNode)entry);
        return entry;
    }

    public byte[] Read(string role) => File.ReadAllBytes(Path.Combine(_path, PathOf(role)));

    public string PathOf(string role) => (string)Files.First(file => (string)file!["role"]! == role)!["path"]!;

    public void Write(string path, byte[] content)
    {
        var full = Path.Combine(_path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    /// <summary>Gives the first case another file.</summary>
    public void AddFile(string role, byte[] content)
    {
        Write(role + ".added", content);
        Files.Add((JsonNode)new JsonObject { ["role"] = role, ["path"] = role + ".added" });
    }

    public void RemoveFile(string role)
    {
        foreach (var file in Files.Where(file => (string)file!["role"]! == role).ToList())
        {
            Files.Remove(file);
        }
    }

    /// <summary>Replaces a file of the first case.</summary>
    public void Alter(string role, Func<byte[], byte[]> change) => Write(PathOf(role), change(Read(role)));

    public List<CaseResult> Run(JsonNode? files = null)
    {
        var manifest = new JsonObject { ["format"] = "amnion-vectors/1", ["cases"] = _cases.DeepClone() };
        if (files is not null)
        {
            manifest["files"] = files;
        }

        File.WriteAllText(Path.Combine(_path, "MANIFEST.json"), manifest.ToJsonString());
        return [.. ConformanceRunner.Run(_path)];
    }

    /// <summary>The first case's result.</summary>
    public CaseResult RunFirst() => Run()[0];

    public void Agrees() => Assert.Equal(string.Empty, string.Join("; ", RunFirst().Problems));

    public void Disagrees(string problem) => Assert.Contains(RunFirst().Problems, found => found.Contains(problem, StringComparison.Ordinal));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
