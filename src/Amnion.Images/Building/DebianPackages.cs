namespace Amnion.Images.Building;

/// <summary>Which installed package a file belongs to, read from dpkg's own files; on systems without dpkg nothing does.</summary>
static class DebianPackages
{
    /// <summary>File → package for those of <paramref name="files"/> that one owns.</summary>
    /// <param name="root">The file system's root.</param>
    /// <param name="files">Absolute paths, links resolved.</param>
    public static Dictionary<string, DebianPackage> Find(string root, IReadOnlyCollection<string> files)
    {
        var folder = Path.Combine(root, "var/lib/dpkg");
        var result = new Dictionary<string, DebianPackage>(StringComparer.Ordinal);
        if (files.Count == 0 || !File.Exists(Path.Combine(folder, "status")) || !Directory.Exists(Path.Combine(folder, "info")))
        {
            return result;
        }

        var installed = ReadStatus(Path.Combine(folder, "status"));
        // With /lib a link to /usr/lib a package may list either name.
        var wanted = files.SelectMany(file => Names(root, file).Select(name => (name, file))).DistinctBy(pair => pair.name).ToDictionary(pair => pair.name, pair => pair.file, StringComparer.Ordinal);
        foreach (var list in Directory.EnumerateFiles(Path.Combine(folder, "info"), "*.list").Order(StringComparer.Ordinal))
        {
            if (!installed.TryGetValue(Path.GetFileNameWithoutExtension(list), out var package))
            {
                continue;
            }

            foreach (var line in File.ReadLines(list))
            {
                if (wanted.TryGetValue(line, out var file))
                {
                    result.TryAdd(file, package);
                }
            }
        }

        return result;
    }

    static IEnumerable<string> Names(string root, string file)
    {
        var inside = root is "/" or "" ? file : "/" + Path.GetRelativePath(root, file);
        yield return inside;
        yield return inside.StartsWith("/usr/", StringComparison.Ordinal) ? inside[4..] : "/usr" + inside;
    }

    // Paragraphs of "Key: value" lines; a list file is named NAME or NAME:ARCHITECTURE.
    static Dictionary<string, DebianPackage> ReadStatus(string path)
    {
        var packages = new Dictionary<string, DebianPackage>(StringComparer.Ordinal);
        string name = "", version = "", architecture = "", status = "";
        foreach (var line in File.ReadLines(path).Append(""))
        {
            if (line.Length == 0)
            {
                if (name.Length > 0 && status.EndsWith(" installed", StringComparison.Ordinal))
                {
                    var package = new DebianPackage(name, version, architecture);
                    packages[name] = package;
                    packages[$"{name}:{architecture}"] = package;
                }

                (name, version, architecture, status) = ("", "", "", "");
                continue;
            }

            name = Field(line, "Package: ") ?? name;
            version = Field(line, "Version: ") ?? version;
            architecture = Field(line, "Architecture: ") ?? architecture;
            status = Field(line, "Status: ") ?? status;
        }

        return packages;
    }

    static string? Field(string line, string key) => line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..] : null;
}
