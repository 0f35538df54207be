using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.Commands;

namespace Amnion.Cli.Conformance;

/// <summary>One entry of a folder's MANIFEST.json with its files. Paths are relative to the folder and cannot leave it.</summary>
sealed class ConformanceCase(string folder, JsonElement json)
{
    /// <summary>Most bytes of one file; the longest of the published cases are event logs and manifests of some megabytes.</summary>
    const int MaxFileLength = 64 * 1024 * 1024;

    readonly HashSet<string> _read = new(StringComparer.Ordinal);

    (string Path, byte[] Bytes)? _altered;
    List<(string Role, string Path)>? _entries;

    /// <summary>Another case of the same folder, which sees the same altered file.</summary>
    public ConformanceCase Sibling(JsonElement other) => new(folder, other) { _altered = _altered, Kept = Kept };

    /// <summary>The same case with one file's content replaced.</summary>
    public ConformanceCase With(string path, byte[] bytes) => new(folder, json) { _altered = (path, bytes), Cache = Cache, Kept = Kept };

    /// <summary>Signatures that were verified before, for those who run one case very often; null for all others.</summary>
    public AppraisalCache? Cache { get; init; }

    /// <summary>Files as they are in the folder and what follows from them, for those who run one case very often; null for all others, who read again.</summary>
    public FolderMemory? Kept { get; init; }

    /// <summary>True where the caller only asks whether the case is accepted: once something refuses, what else would is not worked out.</summary>
    public bool EndsAtRefusal => Kept is not null;

    /// <summary>
    /// What follows from files of the folder that all cases of a kind share. Kept with the files it was read from, and worked out anew for a case of which one of these is altered.
    /// </summary>
    public T Shared<T>(string name, Func<ConformanceCase, T> read)
        where T : class
    {
        if (Kept is null)
        {
            return read(this);
        }

        var (value, files) = Kept.Get(name, () =>
        {
            var unaltered = new ConformanceCase(folder, json) { Kept = Kept };
            return (read(unaltered), unaltered.Read);
        });
        if (_altered is { } altered && files.Contains(altered.Path))
        {
            return read(this);
        }

        _read.UnionWith(files);
        return (T)value;
    }

    /// <summary>The whole entry.</summary>
    public JsonElement Json => json;

    public string Id => Named("id") ?? string.Empty;

    public string Tee => Named("tee") ?? string.Empty;

    public string Kind => Named("kind") ?? string.Empty;

    /// <summary>The time to verify at; null where the case states none.</summary>
    public DateTimeOffset? VerifyAt => Named("verify_at") is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    /// <summary>The outcome that the manifest states; empty where it states none, which no answer equals.</summary>
    public string Expected => Expectation is { } expected && expected.TryGetProperty("outcome", out var outcome) && outcome.ValueKind == JsonValueKind.String ? outcome.GetString()! : string.Empty;

    /// <summary>Everything that the manifest expects of the case; null where that is no object.</summary>
    public JsonElement? Expectation => Member("expected") is { ValueKind: JsonValueKind.Object } expected ? expected : (JsonElement?)null;

    /// <summary>Whether the manifest states this of the case; what it does not ask for need not be worked out.</summary>
    public bool Asks(string word) => Expectation is { } expected && expected.TryGetProperty(word, out _);

    /// <summary>The policy to apply; null where the case states none.</summary>
    /// <exception cref="FormatException">It is no object, so that nothing in it could be applied.</exception>
    public JsonElement? Policy => Member("policy") switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } policy => policy,
        _ => throw new FormatException("the case's policy is no object"),
    };

    /// <summary>The root that the case brings in place of the manufacturer's; null where it brings none.</summary>
    public TrustAnchor? Anchor => Named("anchor") is { } path ? TrustAnchor.FromCertificate(CertificateFiles.Ders(FileAt(path))[0]) : null;

    /// <summary>Role and path of every file; read from the manifest on first use, so that a broken entry can still be named.</summary>
    public IReadOnlyList<(string Role, string Path)> Entries =>
        _entries ??= [.. json.GetProperty("files").EnumerateArray().Select(file => (file.GetProperty("role").GetString() ?? string.Empty, file.GetProperty("path").GetString() ?? string.Empty))];

    /// <summary>Files read so far, those outside the list included.</summary>
    public IReadOnlyCollection<string> Read => _read;

    /// <summary>Files of the case that nothing has read yet.</summary>
    public IEnumerable<string> Unread => Entries.Select(entry => entry.Path).Where(path => !_read.Contains(path));

    public IEnumerable<string> Roles => Entries.Select(entry => entry.Role);

    public byte[] File(string role) => TryFile(role) ?? throw new FormatException($"the case has no file of the role \"{role}\"");

    public byte[]? TryFile(string role) => Entries.FirstOrDefault(entry => entry.Role == role).Path is { } path ? FileAt(path) : null;

    /// <summary>Every file of any of these roles, in the manifest's order.</summary>
    public IReadOnlyList<byte[]> Files(params string[] roles) => [.. Entries.Where(entry => roles.Contains(entry.Role)).Select(entry => FileAt(entry.Path))];

    /// <summary>A file of the folder that the case names outside its list, for example "anchor".</summary>
    public byte[] FileAt(string relative)
    {
        _ = _read.Add(relative);
        if (_altered?.Path == relative)
        {
            return _altered.Value.Bytes;
        }

        var path = Inside(relative);
        return Kept is null ? Load(path) : Kept.File(path, Load);
    }

    static byte[] Load(string path) =>

        // What has no length may be a pipe that nobody writes to; vectors are files.
        new FileInfo(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path) is { Exists: true, Length: 0 } ? [] : BoundedFile.Read(path, MaxFileLength);

    /// <summary>Relative paths of the files right in a subfolder that the case names, for example "chain".</summary>
    public IReadOnlyList<string> FilesUnder(string relative) =>
        [.. Directory.EnumerateFiles(Inside(relative)).Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(folder, path))];

    /// <summary>A text of the entry, for example the path under "anchor"; null where there is none.</summary>
    public string? Named(string name) => Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    JsonElement? Member(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : (JsonElement?)null;

    string Inside(string relative)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new FormatException($"\"{relative}\" lies outside the folder");
    }
}
