using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Conformance;

/// <summary>One entry of a folder's MANIFEST.json with its files. Paths are relative to the folder and cannot leave it.</summary>
sealed class ConformanceCase(string folder, JsonElement json)
{
    /// <summary>Most bytes of one file; the longest of the published cases are event logs and manifests of some megabytes.</summary>
    const int MaxFileLength = 64 * 1024 * 1024;

    readonly HashSet<string> _read = new(StringComparer.Ordinal);

    (string Path, byte[] Bytes)? _altered;

    /// <summary>The same case with one file's content replaced.</summary>
    public ConformanceCase With(string path, byte[] bytes) => new(folder, json) { _altered = (path, bytes), Cache = Cache };

    /// <summary>Signatures that were verified before, for those who run one case very often; null for all others.</summary>
    public AppraisalCache? Cache { get; init; }

    /// <summary>The whole entry.</summary>
    public JsonElement Json => json;

    public string Id => Text("id");

    public string Tee => Text("tee");

    public string Kind => Text("kind");

    /// <summary>The time to verify at; null where the case states none.</summary>
    public DateTimeOffset? VerifyAt => json.TryGetProperty("verify_at", out var at) && at.ValueKind == JsonValueKind.String
        ? DateTimeOffset.Parse(at.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    public string Expected => json.GetProperty("expected").GetProperty("outcome").GetString()!;

    public IReadOnlyList<(string Role, string Path)> Entries { get; } =
        [.. json.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("role").GetString()!, file.GetProperty("path").GetString()!))];

    /// <summary>Files read so far, those outside the list included.</summary>
    public IReadOnlyCollection<string> Read => _read;

    /// <summary>Files of the case that nothing has read yet.</summary>
    public IEnumerable<string> Unread => Entries.Select(entry => entry.Path).Where(path => !_read.Contains(path));

    public IEnumerable<string> Roles => Entries.Select(entry => entry.Role);

    public byte[] File(string role) => TryFile(role) ?? throw new FormatException($"the case has no file of the role \"{role}\"");

    public byte[]? TryFile(string role) => Entries.FirstOrDefault(entry => entry.Role == role).Path is { } path ? FileAt(path) : null;

    public IReadOnlyList<byte[]> Files(string role) => [.. Entries.Where(entry => entry.Role == role).Select(entry => FileAt(entry.Path))];

    /// <summary>A file of the folder that the case names outside its list, for example "anchor".</summary>
    public byte[] FileAt(string relative)
    {
        var path = Inside(relative);
        _ = _read.Add(relative);
        if (_altered?.Path == relative)
        {
            return _altered.Value.Bytes;
        }

        return new FileInfo(path).Length <= MaxFileLength ? System.IO.File.ReadAllBytes(path) : throw new FormatException($"\"{relative}\" is longer than {MaxFileLength} bytes");
    }

    /// <summary>Relative paths of the files right in a subfolder that the case names, for example "chain".</summary>
    public IReadOnlyList<string> FilesUnder(string relative) =>
        [.. Directory.EnumerateFiles(Inside(relative)).Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(folder, path))];

    string Text(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    string Inside(string relative)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new FormatException($"\"{relative}\" lies outside the folder");
    }
}
