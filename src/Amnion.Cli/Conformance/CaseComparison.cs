using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Cli.Conformance;

/// <summary>Holds one answer against everything that the manifest says of its case. A word that nothing answers is a difference like any other.</summary>
sealed class CaseComparison(ConformanceCase item, CaseAnswer answer, JsonElement manifest)
{
    const string Baseline = "synthetic-baseline";

    readonly List<string> _problems = [];
    readonly List<string> _remarks = [];

    /// <summary>The answer with the case's policy in its outcome, unless the manifest states that result of its own ("policy_outcome").</summary>
    public CaseAnswer Settled { get; } = answer is { Accepts: true, Policy: { IsEmpty: false } refused } && !item.Asks("policy_outcome")
        ? answer with { Outcome = "invalid", Codes = answer.Codes.AddRange(refused) }
        : answer;

    /// <summary>What could not be compared, for people; no reason to disagree.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Every difference; empty where the case agrees.</summary>
    public IReadOnlyList<string> Run()
    {
        CompareOutcome();
        if (Settled.Outcome != "malformed" && item.Json.TryGetProperty("decoded", out var decoded))
        {
            CompareLeaf(decoded, string.Empty);
        }

        CompareExpected();
        CompareMembers();
        return _problems;
    }

    void CompareOutcome()
    {
        var agrees = item.Expected switch
        {
            // Strict or lenient, both are right; but what is accepted must say the same as its original.
            "either" => Settled.Refuses || ((Settled.Accepts || Settled.Parsed) && SaysTheSame()),

            // "Must be rejected": for which reason is only said by the other words.
            "invalid" => Settled.Refuses,
            "parse_only" => Settled.Outcome == "parse_only" || Settled.Parsed,
            // Intel's own revocation of a platform is a status of its collateral, which is "verified" with it.
            "revoked" => Settled.Outcome == "revoked" || (Settled.Outcome == "verified" && Find("tcb_status") == "Revoked"),
            var expected => Settled.Outcome == expected,
        };
        if (!agrees)
        {
            _problems.Insert(0, $"outcome is {Settled.Outcome}, expected {(item.Expected.Length == 0 ? "nothing" : item.Expected)}");
        }
    }

    /// <summary>
    /// Compares with the case that this one was derived from. Where the manifest names none, or the folder does not have it, the set's baseline or the original's
    /// other mutants stand for it; without those nothing but the signature says that the values are the original's, and a remark says so.
    /// </summary>
    bool SaysTheSame()
    {
        var source = item.Named("derived_from");
        var originals = Siblings().Where(other => source is null ? other.Id.StartsWith(Baseline, StringComparison.Ordinal) : other.Id == source || $"{other.Tee}/{other.Id}" == source).ToList();
        if (originals.Exists(IsSame))
        {
            return true;
        }

        var family = source is null || originals.Count > 0 ? null : IsOfFamily(source);
        if ((source is not null && originals.Count > 0) || family == false)
        {
            _problems.Add($"accepted with other values than {source}");
            return false;
        }

        if (family is null && !(item.Json.TryGetProperty("decoded", out var own) && own.ValueKind == JsonValueKind.Object))
        {
            _remarks.Add(source is null ? "accepted; the manifest names no original to compare the values with" : $"accepted; the folder has no case \"{source}\" to compare the values with");
        }

        return true;
    }

    /// <summary>
    /// Where the folder does not have the original, its other mutants stand for it: each altered another place, so that what most of them decode is what the
    /// original says. Null where there are not enough of them to tell.
    /// </summary>
    bool? IsOfFamily(string source)
    {
        var family = Siblings().Where(other => other.Named("derived_from") == source).Select(ConformanceRunner.Answer).Where(other => other.Parsed)
            .Select(other => other.Fields.DistinctBy(field => field.Name).ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal)).ToList();
        return family.Count < 2 ? null : answer.Fields.Where(field => !field.Name.StartsWith("expected.", StringComparison.Ordinal) && !ExpectationNames.NoIdentity.Contains(field.Name)).All(field =>
        {
            var having = family.Where(other => other.ContainsKey(field.Name)).ToList();
            return having.Count(other => other[field.Name] == field.Value) * 2 > having.Count;
        });
    }

    IEnumerable<ConformanceCase> Siblings() => manifest.GetProperty("cases").EnumerateArray().Select(item.Sibling).Where(other => other.Tee == item.Tee && other.Id != item.Id);

    bool IsSame(ConformanceCase original)
    {
        var before = _problems.Count;
        if (original.Json.TryGetProperty("decoded", out var decoded) && decoded.ValueKind == JsonValueKind.Object)
        {
            CompareLeaf(decoded, string.Empty);
        }
        else
        {
            foreach (var field in ConformanceRunner.Answer(original).Fields.Where(field => !field.Name.StartsWith("expected.", StringComparison.Ordinal)))
            {
                CompareText(field.Value, field.Name, Find(field.Name));
            }
        }

        var same = _problems.Skip(before).All(problem => ExpectationNames.NoIdentity.Any(name => problem.StartsWith(name + " is ", StringComparison.Ordinal)));
        _problems.RemoveRange(before, _problems.Count - before);
        return same;
    }

    void CompareExpected()
    {
        if (item.Expectation is not { } expectation)
        {
            return;
        }

        foreach (var member in expectation.EnumerateObject().Where(member => !ExpectationNames.Remarks.Contains(member.Name)))
        {
            var name = "expected." + member.Name;
            switch (member.Name)
            {
                case "policy_outcome":
                    ComparePolicy(member.Value);
                    break;
                case "default_policy":
                    _problems.AddRange(DefaultPolicyWords.Problems(member.Value, answer.DefaultPolicy));
                    break;
                case "fail_at" when member.Value.ValueKind == JsonValueKind.String:
                    CompareAlternatives(member.Value.GetString()!, name);
                    break;
                case "upstream_expected" when item.Kind.StartsWith("tinfoil_", StringComparison.Ordinal):
                    // Held against our verdict with the upstream's own files: TinfoilExpectation.
                    break;
                case "fail_at_reference" when member.Value.ValueKind == JsonValueKind.String:
                    // Another implementation's word for the step, then its own words for what was wrong there.
                    CompareAlternatives(member.Value.GetString()!.Split(':')[0], name);
                    break;
                default:
                    if (member.Value.ValueKind != JsonValueKind.Null && !answer.Fields.Any(field => field.Name == name || field.Name.StartsWith(name + ".", StringComparison.Ordinal)))
                    {
                        _problems.Add($"nobody answers {name}");
                        break;
                    }

                    CompareLeaf(member.Value, name);
                    break;
            }
        }
    }

    void ComparePolicy(JsonElement stated)
    {
        if (answer.Policy is null && !answer.IsMalformed)
        {
            _problems.Add("nobody applies the case's policy");
            return;
        }

        var accepted = answer is { Accepts: true, Policy: { IsEmpty: true } };
        CompareText(Text(stated), "expected.policy_outcome", accepted ? "valid" : "invalid");
    }

    /// <summary>Words with a slash between them: any of them will do.</summary>
    void CompareAlternatives(string stated, string name)
    {
        var ours = Find(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (!stated.Split('/', StringSplitOptions.TrimEntries).Any(ours.Contains))
        {
            _problems.Add($"{name} is {string.Join(',', ours)}, expected {stated}");
        }
    }

    void CompareMembers()
    {
        foreach (var member in item.Json.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            if (ExpectationNames.Compared.Contains(member.Name) && !answer.IsMalformed)
            {
                CompareLeaf(member.Value, member.Name);
            }
            else if (!ExpectationNames.Members.Contains(member.Name))
            {
                _problems.Add($"nobody reads the entry's member \"{member.Name}\"");
            }
        }

        if (answer.IsMalformed)
        {
            return;
        }

        if (item.Policy is not null && answer.Policy is null)
        {
            _problems.Add("nobody applies the case's policy");
        }

        _problems.AddRange(ExpectationNames.Files.Select(item.Named).OfType<string>().Where(path => !item.Read.Any(read => read == path || read.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal))).Select(path => $"{path} was not read"));
        _problems.AddRange(item.Unread.Select(path => $"{path} was not read"));
    }

    void CompareLeaf(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    CompareLeaf(member.Value, Join(name, member.Name));
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String):
                CompareList(value, name);
                break;
            case JsonValueKind.Array:
                foreach (var (index, entry) in value.EnumerateArray().Index())
                {
                    CompareLeaf(entry, Join(name, index.ToString(CultureInfo.InvariantCulture)));
                }

                var next = Join(name, value.GetArrayLength().ToString(CultureInfo.InvariantCulture));
                if (answer.Fields.Any(field => field.Name == next || field.Name.StartsWith(next + ".", StringComparison.Ordinal)))
                {
                    _problems.Add($"{next} was found, expected {value.GetArrayLength()} items only");
                }

                break;
            default:
                // "decoded": null states nothing; null under a name states that the value is absent.
                if (name.Length > 0)
                {
                    CompareText(Text(value), name, Find(name));
                }

                break;
        }
    }

    /// <summary>A list of texts is a set: one field with commas, or one field each.</summary>
    void CompareList(JsonElement value, string name)
    {
        var items = Find(name) is { } joined
            ? joined.Split(',', StringSplitOptions.RemoveEmptyEntries)
            : [.. answer.Fields.Where(field => field.Name.StartsWith(name + ".", StringComparison.Ordinal)).Select(field => field.Value)];
        var expected = value.EnumerateArray().Select(entry => entry.GetString()!).Order(StringComparer.Ordinal);
        CompareText(string.Join(",", expected), name, string.Join(",", items.Order(StringComparer.Ordinal)));
    }

    void CompareText(string? expected, string name, string? actual)
    {
        if (expected is null ? !string.IsNullOrEmpty(actual) : expected != actual)
        {
            _problems.Add($"{name} is {Short(actual)}, expected {Short(expected)}");
        }
    }

    string? Find(string name) => answer.Fields.FirstOrDefault(field => field.Name == name)?.Value;

    static string Join(string name, string member) => name.Length == 0 ? member : $"{name}.{member}";

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    static string Short(string? text) => text switch
    {
        null => "absent",
        { Length: > 64 } => text[..64] + "…",
        _ => text,
    };
}
