using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Amnion.Host.Local;

/// <summary>A private directory of one enclave run (mode 0700). It is deleted with the run; what a killed host left behind is deleted by the next start.</summary>
[SupportedOSPlatform("linux")]
sealed class RunDirectory : IDisposable
{
    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    const string LockName = "lock";
    readonly FileStream _lock;

    RunDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    internal string Path { get; }

    /// <summary>Creates one under <paramref name="parent"/> and removes those whose owner is gone.</summary>
    internal static RunDirectory Create(string parent)
    {
        Directory.CreateDirectory(parent, Private);
        foreach (var other in Directory.EnumerateDirectories(parent))
        {
            RemoveIfAbandoned(other);
        }

        var path = System.IO.Path.Combine(parent, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        Directory.CreateDirectory(path, Private);
        return new RunDirectory(path, Lock(path, FileMode.CreateNew));
    }

    /// <summary>Deletes the directory.</summary>
    public void Dispose()
    {
        Remove(Path);
        _lock.Dispose();
    }

    // .NET holds flock(2) on a file opened with FileShare.None; the kernel drops it however the owner ends.
    static FileStream Lock(string path, FileMode mode) => new(System.IO.Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    static void RemoveIfAbandoned(string path)
    {
        try
        {
            using (Lock(path, FileMode.Open))
            {
                Remove(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by a running host, or not ours to remove.
        }
    }

    static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }
}
