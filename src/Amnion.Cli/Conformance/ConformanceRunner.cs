using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Runs every case of a folder laid out like the published vectors: found through MANIFEST.json (format "amnion-vectors/1"), never by name. A
/// case agrees where outcome, decoded values and stated results are as expected, and every file of it was read.
/// </summary>
static class ConformanceRunner
{
    const string Format = "amnion-vectors/1";
    const int MaxManifestLength = 64 * 1024 * 1024;

    /// <summary>Runs the cases that <paramref name="select"/> takes, in the manifest's order.</summary>
    /// <exception cref="FormatException">The folder has no manifest of this format.</exception>
    public static IEnumerable<CaseResult> Run(string folder, Func<ConformanceCase, bool>? select = null)
    {
        using var manifest = Open(folder);
        var digests = Digests(manifest.RootElement);
        var unread = digests.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var entry in manifest.RootElement.GetProperty("cases").EnumerateArray())
        {
            var item = new ConformanceCase(folder, entry);
            unread.ExceptWith(item.Entries.Select(file => file.Path));
            if (select?.Invoke(item) != false)
            {
                yield return Run(item, digests, manifest.RootElement);
            }
        }

        if (select is null && unread.Count > 0)
        {
            yield return new CaseResult("files", "every file belongs to a case", "unread", [], [.. unread.Order(StringComparer.Ordinal).Select(path => $"{path} belongs to no case")]);
        }
    }

    /// <summary>Runs one case and compares.</summary>
    static CaseResult Run(ConformanceCase item, Dictionary<string, string> digests, JsonElement manifest)
    {
        try
        {
            var answer = Answer(item);
            var problems = new List<string>();
            CompareOutcome(item, answer, problems, manifest);
            if (answer.Outcome != "malformed")
            {
                Compare(item.Json, "decoded", string.Empty, answer, problems);
            }

            CompareExpected(item, answer, problems);
            problems.AddRange(item.Unread.Select(path => $"{path} was not read"));
            problems.AddRange(item.Entries.Where(file => digests.TryGetValue(file.Path, out var digest) && digest != Convert.ToHexStringLower(SHA256.HashData(item.FileAt(file.Path)))).Select(file => $"{file.Path} differs from the manifest's SHA-256"));
            return new CaseResult($"{item.Tee}/{item.Id}", item.Expected, answer.Outcome, answer.Codes, [.. problems]);
        }
        catch (Exception exception) when (exception is FormatException or KeyNotFoundException or InvalidOperationException or IOException or JsonException or ArgumentException or CryptographicException)
        {
            return new CaseResult($"{item.Tee}/{item.Id}", item.Expected, "unreadable", [], [exception.Message]);
        }
    }

    public static CaseAnswer Answer(ConformanceCase item) => item.Tee switch
    {
        "nitro" => NitroCases.Run(item),
        "tokens" => TokenCases.Run(item),
        "snp" => SnpCases.Run(item),
        "conformance" when item.Kind.StartsWith("tinfoil_attestation-sev", StringComparison.Ordinal) => TinfoilSevCases.Run(item),
        "nvidia" => NvidiaCases.Run(item),
        "sgx" or "tdx" or "intel" => DcapCases.Run(item),
        "conformance" when item.Kind.StartsWith("tinfoil_attestation-tdx", StringComparison.Ordinal) => TinfoilTdxCases.Run(item),
        "tpm" => TpmCases.Run(item),
        "eventlog" => EventLogCases.Run(item),
        "azure" => AzureCases.Run(item),
        "gcp" => GcpCases.Run(item),
        "conformance" => TinfoilCases.Run(item),
        _ => throw new FormatException($"nobody reads cases of \"{item.Tee}\", kind \"{item.Kind}\""),
    };

    static void CompareOutcome(ConformanceCase item, CaseAnswer answer, List<string> problems, JsonElement manifest)
    {
        var agrees = item.Expected switch
        {
            // Strict or lenient, both are right; but what is accepted must say the same as its original.
            "either" => answer.Outcome is "valid" or "invalid" or "verified" && (answer.Outcome == "invalid" || SaysTheSame(item, answer, problems, manifest)),
            var expected => answer.Outcome == expected,
        };
        if (!agrees)
        {
            problems.Insert(0, $"outcome is {answer.Outcome}, expected {item.Expected}");
        }
    }

    /// <summary>Compares with the decoded values of the case that this one was derived from, where the folder has it.</summary>
    static bool SaysTheSame(ConformanceCase item, CaseAnswer answer, List<string> problems, JsonElement manifest)
    {
        if (!item.Json.TryGetProperty("derived_from", out var source))
        {
            return true;
        }

        var original = manifest.GetProperty("cases").EnumerateArray().FirstOrDefault(other =>
            other.GetProperty("tee").GetString() == item.Tee && (other.GetProperty("id").GetString() == source.GetString() || $"{item.Tee}/{other.GetProperty("id").GetString()}" == source.GetString()));
        var before = problems.Count;
        if (original.ValueKind == JsonValueKind.Object)
        {
            Compare(original, "decoded", string.Empty, answer, problems);
            _ = problems.RemoveAll(problem => ExpectationNames.NoIdentity.Any(name => problem.StartsWith(name + " is ", StringComparison.Ordinal)));
        }

        return problems.Count == before;
    }

    static void CompareExpected(ConformanceCase item, CaseAnswer answer, List<string> problems)
    {
        var expected = item.Json.GetProperty("expected");
        foreach (var field in answer.Fields.Where(field => field.Name.StartsWith("expected.", StringComparison.Ordinal)))
        {
            var name = field.Name["expected.".Length..];
            if (expected.TryGetProperty(name, out var value))
            {
                CompareLeaf(value, field.Name, answer, problems);
            }
        }

        foreach (var name in ExpectationNames.Results.Where(name => expected.TryGetProperty(name, out _)))
        {
            if (!answer.Fields.Any(field => field.Name == "expected." + name || field.Name.StartsWith($"expected.{name}.", StringComparison.Ordinal)))
            {
                problems.Add($"nobody answers expected.{name}");
            }
        }
    }

    static void Compare(JsonElement parent, string member, string name, CaseAnswer answer, List<string> problems)
    {
        if (parent.TryGetProperty(member, out var value))
        {
            CompareLeaf(value, name, answer, problems);
        }
    }

    static void CompareLeaf(JsonElement value, string name, CaseAnswer answer, List<string> problems)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    CompareLeaf(member.Value, Join(name, member.Name), answer, problems);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                CompareList(value, name, answer, problems);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    CompareLeaf(item, Join(name, index.ToString(CultureInfo.InvariantCulture)), answer, problems);
                }

                break;
            default:
                CompareText(Text(value), name, Find(answer, name), problems);
                break;
        }
    }

    /// <summary>A list of texts is a set: one field with commas, or one field each.</summary>
    static void CompareList(JsonElement value, string name, CaseAnswer answer, List<string> problems)
    {
        var items = Find(answer, name) is { } joined
            ? joined.Split(',', StringSplitOptions.RemoveEmptyEntries)
            : [.. answer.Fields.Where(field => field.Name.StartsWith(name + ".", StringComparison.Ordinal)).Select(field => field.Value)];
        var expected = value.EnumerateArray().Select(item => item.GetString()!).Order(StringComparer.Ordinal);
        CompareText(string.Join(",", expected), name, string.Join(",", items.Order(StringComparer.Ordinal)), problems);
    }

    static void CompareText(string? expected, string name, string? actual, List<string> problems)
    {
        if (expected is null ? !string.IsNullOrEmpty(actual) : expected != actual)
        {
            problems.Add($"{name} is {Short(actual)}, expected {Short(expected)}");
        }
    }

    static string? Find(CaseAnswer answer, string name) => answer.Fields.FirstOrDefault(field => field.Name == name)?.Value;

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

    static Dictionary<string, string> Digests(JsonElement manifest) => manifest.TryGetProperty("files", out var files)
        ? files.EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!, file => file.GetProperty("sha256").GetString()!, StringComparer.Ordinal)
        : [];

    static JsonDocument Open(string folder)
    {
        var path = Path.Combine(folder, "MANIFEST.json");
        if (!File.Exists(path) || new FileInfo(path).Length > MaxManifestLength)
        {
            throw new FormatException($"\"{path}\" does not exist or is longer than {MaxManifestLength} bytes");
        }

        JsonDocument? manifest = null;
        try
        {
            manifest = JsonDocument.Parse(File.ReadAllBytes(path));
            if (manifest.RootElement.ValueKind == JsonValueKind.Object && manifest.RootElement.TryGetProperty("format", out var format) && format.ValueEquals(Format) && manifest.RootElement.TryGetProperty("cases", out _))
            {
                return manifest;
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException($"\"{path}\" is not JSON: {exception.Message}");
        }

        manifest.Dispose();
        throw new FormatException($"\"{path}\" is not of the format \"{Format}\"");
    }
}
