using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.Commands;

namespace Amnion.Cli.Conformance;

/// <summary>
/// Runs every case of a folder laid out like the published vectors: found through MANIFEST.json (format "amnion-vectors/1"), never by name. A
/// case agrees where outcome, decoded values and stated results are as expected, and every file of it was read.
/// </summary>
static class ConformanceRunner
{
    const string Format = "amnion-vectors/1";
    const int MaxManifestLength = 64 * 1024 * 1024;

    /// <summary>Runs the cases that <paramref name="select"/> takes, in the manifest's order. A case that cannot be read is one that does not agree; the others still run.</summary>
    /// <exception cref="FormatException">The folder has no manifest of this format.</exception>
    public static IEnumerable<CaseResult> Run(string folder, Func<ConformanceCase, bool>? select = null)
    {
        using var manifest = Open(folder);
        var problems = new List<string>();
        var digests = Digests(manifest.RootElement, problems);
        var unread = digests.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (index, entry) in manifest.RootElement.GetProperty("cases").EnumerateArray().Index())
        {
            var item = new ConformanceCase(folder, entry);
            if (select is null || Selects(select, item))
            {
                yield return Run(item, index, digests, unread, manifest.RootElement);
            }
        }

        problems.AddRange(unread.Order(StringComparer.Ordinal).Select(path => $"{path} belongs to no case"));
        if (select is null && problems.Count > 0)
        {
            yield return new CaseResult("files", "every file belongs to a case", "unread", [], [.. problems]);
        }
    }

    /// <summary>Runs one case and compares.</summary>
    static CaseResult Run(ConformanceCase item, int index, Dictionary<string, string> digests, HashSet<string> unread, JsonElement manifest)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"case {index}");
        var expected = string.Empty;
        try
        {
            name = item.Id.Length == 0 ? name : $"{item.Tee}/{item.Id}";
            expected = item.Expected;
            unread.ExceptWith(item.Entries.Select(file => file.Path));
            var comparison = new CaseComparison(item, Answer(item), manifest);
            var problems = comparison.Run().ToList();
            problems.AddRange(item.Entries.Count == 0 ? ["the case has no files, so nothing was read"] : []);
            problems.AddRange(item.Entries.Where(file => digests.TryGetValue(file.Path, out var digest) && digest != Convert.ToHexStringLower(SHA256.HashData(item.FileAt(file.Path)))).Select(file => $"{file.Path} differs from the manifest's SHA-256"));
            return new CaseResult(name, expected, comparison.Settled.Outcome, comparison.Settled.Codes, [.. problems]) { Remarks = [.. comparison.Remarks] };
        }
        catch (Exception exception) when (exception is not OperationCanceledException) // boundary: one case; whatever it broke on, the others are to be run
        {
            return new CaseResult(name, expected, "unreadable", [], [$"{exception.GetType().Name}: {exception.Message}"]);
        }
    }

    /// <summary>A case whose name cannot be read is none that was asked for.</summary>
    static bool Selects(Func<ConformanceCase, bool> select, ConformanceCase item)
    {
        try
        {
            return select(item);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The answer of the case's kind; Evidence that is not of its format is refused by that.</summary>
    public static CaseAnswer Answer(ConformanceCase item)
    {
        try
        {
            return AnswerOfKind(item);
        }
        catch (EvidenceFormatException exception)
        {
            return CaseAnswer.Malformed(exception.Code);
        }
    }

    static CaseAnswer AnswerOfKind(ConformanceCase item) => item.Tee switch
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

    /// <summary>SHA-256 by path. Entries without either are named, and their files then go unchecked.</summary>
    static Dictionary<string, string> Digests(JsonElement manifest, List<string> problems)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!manifest.TryGetProperty("files", out var files) || files.ValueKind != JsonValueKind.Array)
        {
            return digests;
        }

        foreach (var (index, file) in files.EnumerateArray().Index())
        {
            if (PathAndDigest(file) is not var (path, digest))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"file {index} of the manifest has no path or no SHA-256"));
            }
            else if (!digests.TryAdd(path, digest) && digests[path] != digest)
            {
                problems.Add($"{path} has two SHA-256 in the manifest");
            }
        }

        return digests;
    }

    static (string Path, string Digest)? PathAndDigest(JsonElement file)
    {
        try
        {
            return Text(file, "path") is { } path && Text(file, "sha256") is { } digest ? (path, digest) : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    static string? Text(JsonElement value, string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>A name with half a surrogate pair cannot be compared with any other, and throws wherever one is looked up.</summary>
    static void RequireNames(JsonElement root)
    {
        foreach (var member in root.ValueKind == JsonValueKind.Object ? root.EnumerateObject() : default)
        {
            _ = member.Name;
        }
    }

    static JsonDocument Open(string folder)
    {
        var path = Path.Combine(folder, "MANIFEST.json");
        JsonDocument? manifest = null;
        try
        {
            manifest = JsonDocument.Parse(BoundedFile.Read(path, MaxManifestLength));
            RequireNames(manifest.RootElement);
            if (manifest.RootElement.ValueKind == JsonValueKind.Object && manifest.RootElement.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String && format.ValueEquals(Format) && manifest.RootElement.TryGetProperty("cases", out var cases) && cases.ValueKind == JsonValueKind.Array)
            {
                return manifest;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            manifest?.Dispose();
            throw new FormatException($"\"{path}\" is not JSON: {exception.Message}");
        }
        catch (CliException exception)
        {
            throw new FormatException(exception.Message);
        }

        manifest.Dispose();
        throw new FormatException($"\"{path}\" is not of the format \"{Format}\"");
    }
}
