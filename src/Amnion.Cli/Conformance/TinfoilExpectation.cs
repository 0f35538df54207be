using System.Globalization;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Compares our answer with the upstream's own expectation, which stands in the case's expected.json and manifest.yaml. Codes given as a list
/// are alternatives, as the upstream's own implementations differ there.
/// </summary>
static class TinfoilExpectation
{
    public static CaseAnswer Answer(ConformanceCase item, TinfoilVerdict verdict)
    {
        var problems = new List<string>();
        var manifest = Encoding.UTF8.GetString(item.File("manifest"));
        if (Scalar(manifest, "exit_code") is { } exit && exit != verdict.ExitCode.ToString(CultureInfo.InvariantCulture))
        {
            problems.Add($"exit code is {verdict.ExitCode}, expected {exit}");
        }

        CompareCode(Scalar(manifest, "rejection_code") is { } codes ? Alternatives(codes) : [], verdict, problems);
        CompareStage(Scalar(manifest, "rejection_stage")?.Trim('"'), verdict, problems);
        if (item.TryFile("expected") is { } file)
        {
            using var expected = JsonDocument.Parse(file);
            Compare(expected.RootElement, verdict, problems);
        }

        // "see expected.json" leaves the answer to the case's own files: it is given where they agree.
        var word = verdict.Accepted ? "valid" : verdict.Malformed ? "malformed" : "invalid";
        var outcome = problems.Count > 0 ? $"{word} ({string.Join("; ", problems)})" : item.Expected == "see expected.json" ? item.Expected : word;
        return new CaseAnswer(outcome, verdict.Codes, [.. verdict.Outputs, .. Rejection(item, verdict)]);
    }

    static void Compare(JsonElement expected, TinfoilVerdict verdict, List<string> problems)
    {
        if (expected.TryGetProperty("accepted", out var accepted) && accepted.GetBoolean() != verdict.Accepted)
        {
            problems.Add($"accepted is {verdict.Accepted}, expected {accepted.GetBoolean()}");
        }

        if (expected.TryGetProperty("rejection", out var rejection))
        {
            var code = rejection.GetProperty("code");
            CompareCode(code.ValueKind == JsonValueKind.Array ? [.. code.EnumerateArray().Select(entry => entry.GetString()!)] : [code.GetString()!], verdict, problems);
            CompareStage(rejection.TryGetProperty("stage", out var stage) ? stage.GetString() : null, verdict, problems);
        }

        if (expected.TryGetProperty("outputs", out var outputs))
        {
            CompareOutputs(outputs, string.Empty, verdict, problems);
        }
    }

    static void CompareCode(string[] alternatives, TinfoilVerdict verdict, List<string> problems)
    {
        if (alternatives.Length > 0 && !alternatives.Contains(verdict.Rejection) && !alternatives.Any(verdict.Synonyms.Contains))
        {
            problems.Add($"rejection is \"{verdict.Rejection}\", expected {string.Join(" or ", alternatives)}");
        }
    }

    static void CompareStage(string? stage, TinfoilVerdict verdict, List<string> problems)
    {
        if (stage is not null && verdict.Stage is not null && stage != verdict.Stage)
        {
            problems.Add($"stage is {verdict.Stage}, expected {stage}");
        }
    }

    static void CompareOutputs(JsonElement value, string name, TinfoilVerdict verdict, List<string> problems)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    CompareOutputs(member.Value, name.Length == 0 ? member.Name : $"{name}.{member.Name}", verdict, problems);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    CompareOutputs(item, string.Create(CultureInfo.InvariantCulture, $"{name}.{index}"), verdict, problems);
                }

                break;
            default:
                var expected = value.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => value.GetString(), _ => value.GetRawText() };
                var actual = verdict.Outputs.FirstOrDefault(field => field.Name == name)?.Value;
                if (actual != expected)
                {
                    problems.Add($"{name} is {actual ?? "absent"}, expected {expected ?? "null"}");
                }

                break;
        }
    }

    /// <summary>Our code for the runner; where the manifest lists alternatives and ours is among them, the list is met as a whole.</summary>
    static IEnumerable<EvidenceField> Rejection(ConformanceCase item, TinfoilVerdict verdict)
    {
        if (!item.Json.GetProperty("expected").TryGetProperty("rejection_code", out var expected))
        {
            return [];
        }

        string[] alternatives = expected.ValueKind == JsonValueKind.Array ? [.. expected.EnumerateArray().Select(entry => entry.GetString()!)] : [expected.GetString()!];
        var met = alternatives.Contains(verdict.Rejection) || alternatives.Any(verdict.Synonyms.Contains);
        return [new EvidenceField("expected.rejection_code", met ? string.Join(',', alternatives) : verdict.Rejection, "The upstream's code for the first failed check.")];
    }

    /// <summary>The value after "name:" in the manifest's "expects" block, which is YAML of plain lines; null where absent.</summary>
    static string? Scalar(string manifest, string name)
    {
        var lines = manifest.Split('\n');
        var at = Array.FindIndex(lines, line => line.TrimStart().StartsWith(name + ":", StringComparison.Ordinal) && line.StartsWith("  ", StringComparison.Ordinal));
        if (at < 0)
        {
            return null;
        }

        var value = lines[at][(lines[at].IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return value.Length > 0 ? value : string.Join(',', lines.Skip(at + 1).TakeWhile(line => line.TrimStart().StartsWith("- ", StringComparison.Ordinal)).Select(line => line.Trim()[2..]));
    }

    static string[] Alternatives(string text) => [.. text.Trim('[', ']').Split(',').Select(code => code.Trim().Trim('"', '\'')).Where(code => code.Length > 0)];
}
