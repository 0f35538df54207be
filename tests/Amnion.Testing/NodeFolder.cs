using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Amnion.Testing;

/// <summary>Folders of npm packages with a lock file, installed on first use.</summary>
public static class NodeFolder
{
    static readonly ConcurrentDictionary<string, Lazy<string?>> s_folders = new(StringComparer.Ordinal);

    /// <summary>The folder with its packages in place. Skips the calling test where npm is absent; fails it when CI=true.</summary>
    /// <param name="relative">Path below the repository's root, for example "eng/clients".</param>
    /// <param name="package">A package that is there once the folder is installed.</param>
    public static string Require(string relative, string package)
    {
        var folder = Path.Combine(SharedData.Repository, relative);
        if (s_folders.GetOrAdd(folder, _ => new Lazy<string?>(() => Install(folder, package))).Value is { } problem)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(problem);
            }

            Assert.Skip(problem);
        }

        return folder;
    }

    static string? Install(string folder, string package)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules", package)))
        {
            return null;
        }

        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = folder })!;
            if (!npm.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                npm.Kill(entireProcessTree: true);
                return $"npm ci in {folder} took more than a minute.";
            }

            return npm.ExitCode == 0 ? null : $"npm ci in {folder} failed.";
        }
        catch (Win32Exception)
        {
            return "npm is not installed; what needs its packages was not tried.";
        }
    }
}
