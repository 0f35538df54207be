using System.Globalization;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Compares our answer with the upstream's own expectation, which stands in the case's expected.json and manifest.yaml. Codes given as a list
/// are alternatives, as the upstream's own implementations differ there. An expectation that states no result is a problem and not an agreement.
/// </summary>
sealed class TinfoilExpectation
{
    readonly ConformanceCase _item;
    readonly TinfoilVerdict _verdict;
    readonly Func<JsonElement, IEnumerable<string>> _differences;
    readonly List<string> _problems = [];
    int _compared;

    TinfoilExpectation(ConformanceCase item, TinfoilVerdict verdict, Func<JsonElement, IEnumerable<string>>? differences)
    {
        _item = item;
        _verdict = verdict;
        _differences = differences ?? (outputs => Differences(outputs, string.Empty));
    }

    /// <summary>What the upstream calls a case of one part; a whole flow names the part that rejected.</summary>
    string Stage => _item.Kind["tinfoil_".Length..] is var part && part.StartsWith("verify-", StringComparison.Ordinal) ? part : "verify-" + part;

    /// <param name="item">The case.</param>
    /// <param name="verdict">Our answer.</param>
    /// <param name="differences">How to compare "outputs"; null where the verdict's own names are the upstream's.</param>
    public static CaseAnswer Answer(ConformanceCase item, TinfoilVerdict verdict, Func<JsonElement, IEnumerable<string>>? differences = null) => new TinfoilExpectation(item, verdict, differences).Answer();

    CaseAnswer Answer()
    {
        var manifest = Encoding.UTF8.GetString(_item.TryFile("manifest") ?? []);
        if (Scalar(manifest, "exit_code") is { } exit)
        {
            Compare("exit code", _verdict.ExitCode.ToString(CultureInfo.InvariantCulture), exit);
        }

        CompareCode(Scalar(manifest, "rejection_code") is { } codes ? Alternatives(codes) : []);
        CompareStage(Scalar(manifest, "rejection_stage")?.Trim('"'));
        if (_item.TryFile("expected") is { } file)
        {
            using var expected = JsonDocument.Parse(file);
            Compare(expected.RootElement);
        }

        if (_item.Expectation is { } stated && stated.TryGetProperty("upstream_expected", out var upstream))
        {
            Compare(upstream);
        }

        if (_compared == 0)
        {
            _problems.Add("the upstream states no result");
        }

        // "see expected.json" leaves the answer to the case's own files: it is given where they agree.
        var word = _verdict.Accepted ? "valid" : _verdict.Malformed ? "malformed" : "invalid";
        var outcome = _problems.Count > 0 ? $"{word} ({string.Join("; ", _problems)})" : _item.Expected == "see expected.json" ? _item.Expected : word;
        return new CaseAnswer(outcome, _verdict.Codes, [.. _verdict.Outputs, .. Rejection(_item, _verdict)]);
    }

    void Compare(JsonElement expected)
    {
        foreach (var member in expected.EnumerateObject())
        {
            switch (member.Name)
            {
                case "stage":
                    Compare("stage", Stage, member.Value.GetString(), counts: false);
                    break;
                case "accepted":
                    Compare("accepted", _verdict.Accepted ? "true" : "false", member.Value.GetBoolean() ? "true" : "false");
                    break;
                case "rejection":
                    CompareCode(Codes(member.Value.GetProperty("code")));
                    CompareStage(member.Value.TryGetProperty("stage", out var stage) ? stage.GetString() : null);
                    break;
                case "outputs":
                    _compared += member.Value.EnumerateObject().Count();
                    _problems.AddRange(_differences(member.Value));
                    break;
                default:
                    _problems.Add($"nobody answers \"{member.Name}\" of the upstream's expectation");
                    break;
            }
        }
    }

    void Compare(string name, string actual, string? expected, bool counts = true)
    {
        _compared += counts ? 1 : 0;
        if (actual != expected)
        {
            _problems.Add($"{name} is {actual}, expected {expected}");
        }
    }

    void CompareCode(string[] alternatives)
    {
        if (alternatives.Length == 0)
        {
            return;
        }

        _compared++;
        if (!_verdict.IsRejectedBy(alternatives))
        {
            _problems.Add($"rejection is \"{_verdict.Rejection}\", expected {string.Join(" or ", alternatives)}");
        }
    }

    void CompareStage(string? stage)
    {
        if (stage is not null)
        {
            Compare("stage", _verdict.Stage ?? Stage, stage, counts: false);
        }
    }

    IEnumerable<string> Differences(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Differences(member.Value, name.Length == 0 ? member.Name : $"{name}.{member.Name}")),
        JsonValueKind.Array => value.EnumerateArray().Index().SelectMany(entry => Differences(entry.Item, string.Create(CultureInfo.InvariantCulture, $"{name}.{entry.Index}"))),
        _ => Difference(value.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => value.GetString(), _ => value.GetRawText() }, name),
    };

    string[] Difference(string? expected, string name)
    {
        var actual = _verdict.Outputs.FirstOrDefault(field => field.Name == name)?.Value;
        return actual == expected ? [] : [$"{name} is {actual ?? "absent"}, expected {expected ?? "null"}"];
    }

    static string[] Codes(JsonElement code) => code.ValueKind == JsonValueKind.Array ? [.. code.EnumerateArray().Select(entry => entry.GetString()!)] : [code.GetString()!];

    /// <summary>Our code for the runner; where the manifest lists alternatives and ours is among them, the list is met as a whole.</summary>
    static IEnumerable<EvidenceField> Rejection(ConformanceCase item, TinfoilVerdict verdict)
    {
        if (item.Expectation is not { } expectation || !expectation.TryGetProperty("rejection_code", out var expected))
        {
            return [];
        }

        var alternatives = Codes(expected);
        return [new EvidenceField("expected.rejection_code", verdict.IsRejectedBy(alternatives) ? string.Join(',', alternatives) : verdict.Rejection, "The upstream's code for the first failed check.")];
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
