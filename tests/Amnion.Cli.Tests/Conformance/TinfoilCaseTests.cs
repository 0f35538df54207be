using System.Text.Json;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>Every published Tinfoil case about provenance, measurements and keys has the upstream's outcome, code and values.</summary>
public sealed class TinfoilCaseTests
{
    const string Folder = "vectors/attestation";

    static readonly string[] s_kinds = ["tinfoil_sigstore", "tinfoil_measurement", "tinfoil_hardware-measurements", "tinfoil_ehbp-key-binding", "tinfoil_verify-full", "json_schemas"];

    public static TheoryData<string> Identifiers => SharedData.Root is not null && Directory.Exists(Path.Combine(SharedData.Root, Folder))
        ? [.. Cases().Select(item => item.Id)]
        : ["absent"];

    [Theory]
    [MemberData(nameof(Identifiers))]
    public void A_published_case_has_the_upstreams_outcome_code_and_values(string id)
    {
        _ = SharedData.Folder(Folder);
        var item = Cases().Single(entry => entry.Id == id);
        var answer = TinfoilCases.Run(item);
        Assert.Equal(item.Expected, answer.Outcome);
        Assert.Empty(item.Unread);
        if (item.Json.GetProperty("expected").TryGetProperty("rejection_code", out var code))
        {
            var expected = code.ValueKind == JsonValueKind.Array ? string.Join(',', code.EnumerateArray().Select(entry => entry.GetString())) : code.GetString();
            Assert.Equal(expected, Assert.Single(answer.Fields, field => field.Name == "expected.rejection_code").Value);
        }
    }

    static IEnumerable<ConformanceCase> Cases()
    {
        var folder = Path.Combine(SharedData.Root!, Folder);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        return [.. manifest.RootElement.GetProperty("cases").EnumerateArray().Select(entry => new ConformanceCase(folder, entry.Clone())).Where(item => s_kinds.Contains(item.Kind))];
    }
}
