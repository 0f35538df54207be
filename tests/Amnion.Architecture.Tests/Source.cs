using Amnion.Testing;

namespace Amnion.Architecture.Tests;

/// <summary>The source tree as the tests read it.</summary>
static class Source
{
    public static string Root { get; } = Path.Combine(SharedData.Repository, "src");

    public static IReadOnlyList<string> Projects { get; } = [.. Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Files(string? project = null) =>
        Directory.EnumerateFiles(project is null ? Root : Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(SharedData.Repository, path);
}
