using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace Amnion.Testing;

/// <summary>Where tests find the published vectors: the folder named by AMNION_SHARED, by default "shared" beside the checkout.</summary>
public static class SharedData
{
    /// <summary>The repository root, found from this source file's location at build time or the running directory.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The shared folder, or null where it is absent.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>A folder under the shared root. Skips the calling test where it is absent; fails it when CI=true.</summary>
    public static string Folder(string relative)
    {
        var path = Root is null ? null : Path.Combine(Root, relative);
        if (path is not null && Directory.Exists(path))
        {
            return path;
        }

        var message = $"Shared data '{relative}' is absent; set AMNION_SHARED to the folder that holds it.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Skip(message);
        return string.Empty;
    }

    /// <summary>True where the folder exists, or when CI=true (so that its absence fails instead of hiding).</summary>
    public static bool Expected(string relative) =>
        (Root is not null && Directory.Exists(Path.Combine(Root, relative))) || Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Every file named by the folder's MANIFEST.json ("files": [{"file": …}]).</summary>
    public static IReadOnlyList<string> ManifestFiles(string relative)
    {
        var folder = Folder(relative);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "MANIFEST.json")));
        return [.. manifest.RootElement.GetProperty("files").EnumerateArray().Select(f => Path.Combine(folder, f.GetProperty("file").GetString()!))];
    }

    static string? FindRoot()
    {
        var named = Environment.GetEnvironmentVariable("AMNION_SHARED");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? Path.GetFullPath(named) : null;
        }

        var beside = Path.GetFullPath(Path.Combine(Repository, "..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }

    static string FindRepository([CallerFilePath] string source = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source)!, Environment.CurrentDirectory })
        {
            for (var folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Amnion.slnx")))
                {
                    return folder;
                }
            }
        }

        throw new InvalidOperationException("Amnion.slnx was not found above the test's directory.");
    }
}
