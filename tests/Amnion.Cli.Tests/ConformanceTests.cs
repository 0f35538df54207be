using System.Text.Json;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests;

/// <summary>The published cases, through the runner that `amnion conformance` is; and that the runner can find a case wrong.</summary>
public sealed class ConformanceTests
{
    const string Vectors = "vectors/attestation";

    /// <summary>Every kind of evidence of the manifest, or one placeholder where the folder is absent, so that its test can skip or fail.</summary>
    public static TheoryData<string> Tees => SharedData.Root is { } root && Directory.Exists(Path.Combine(root, Vectors)) ? [.. Names(Path.Combine(root, Vectors))] : ["absent"];

    [Theory]
    [MemberData(nameof(Tees))]
    public void Every_published_case_agrees(string tee)
    {
        var folder = SharedData.Folder(Vectors);
        var results = ConformanceRunner.Run(folder, item => item.Tee == tee).ToList();
        Assert.NotEmpty(results);
        Assert.Empty(results.Where(result => !result.Agrees).Select(result => $"{result.Id}: {string.Join("; ", result.Problems)}"));
    }

    [Fact]
    public void Every_file_of_the_manifest_belongs_to_a_case()
    {
        var folder = SharedData.Folder(Vectors);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        var owned = manifest.RootElement.GetProperty("cases").EnumerateArray().SelectMany(entry => new ConformanceCase(folder, entry).Entries).Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(owned, manifest.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"outcome\":\"valid\"", "\"outcome\":\"invalid\"", "outcome is valid, expected invalid")]
    [InlineData("\"chain_len\":5", "\"chain_len\":4", "chain_len is 5, expected 4")]
    [InlineData("\"chain_len\":5", "\"chain_length\":5", "chain_length is absent, expected 5")]
    [InlineData("\"sha256\":\"", "\"sha256\":\"00", "differs from the manifest's SHA-256")]
    [InlineData("\"tee\":\"nitro\"", "\"tee\":\"abacus\"", "nobody reads cases of \"abacus\"")]
    [InlineData("[{\"role\":\"evidence\"", "[{\"role\":\"raw\",\"path\":\"MANIFEST.json\"},{\"role\":\"evidence\"", "MANIFEST.json was not read")]
    [InlineData("\"path\":\"doc.cbor\"}]", "\"path\":\"../doc.cbor\"}]", "lies outside the folder")]
    public void A_case_that_is_wrong_is_found_wrong(string replace, string with, string problem)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Folder(Vectors), "MANIFEST.json")));
        var source = json.RootElement.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("tee").GetString() == "nitro" && entry.GetProperty("expected").GetProperty("outcome").GetString() == "valid" && entry.TryGetProperty("decoded", out _));
        var path = source.GetProperty("files")[0].GetProperty("path").GetString()!;
        var evidence = File.ReadAllBytes(Path.Combine(SharedData.Folder(Vectors), path));
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(evidence));
        var folder = Directory.CreateTempSubdirectory("amnion-conformance-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "doc.cbor"), evidence);
            var at = source.GetProperty("verify_at").GetString();
            var manifest = $$$"""{"format":"amnion-vectors/1","files":[{"path":"doc.cbor","sha256":"{{{digest}}}"}],"cases":[{"id":"one","tee":"nitro","kind":"cose_sign1_attestation_document","files":[{"role":"evidence","path":"doc.cbor"}],"verify_at":"{{{at}}}","expected":{"outcome":"valid"},"decoded":{"chain_len":5}}]}""";
            File.WriteAllText(Path.Combine(folder, "MANIFEST.json"), manifest);
            Assert.All(ConformanceRunner.Run(folder), result => Assert.True(result.Agrees, string.Join("; ", result.Problems)));
            File.WriteAllText(Path.Combine(folder, "MANIFEST.json"), manifest.Replace(replace, with, StringComparison.Ordinal));
            var problems = ConformanceRunner.Run(folder).SelectMany(result => result.Problems).ToList();
            Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"amnion-vectors/2\",\"cases\":[]}")]
    public void A_folder_without_a_manifest_of_the_format_is_malformed(string? manifest)
    {
        var folder = Directory.CreateTempSubdirectory("amnion-conformance-").FullName;
        try
        {
            if (manifest is not null)
            {
                File.WriteAllText(Path.Combine(folder, "MANIFEST.json"), manifest);
            }

            Assert.Throws<FormatException>(() => ConformanceRunner.Run(folder).ToList());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static List<string> Names(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        return [.. manifest.RootElement.GetProperty("cases").EnumerateArray().Select(entry => entry.GetProperty("tee").GetString()!).Distinct()];
    }
}
