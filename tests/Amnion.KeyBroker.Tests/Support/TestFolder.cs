using Amnion.KeyBroker.Storage;

namespace Amnion.KeyBroker.Tests;

/// <summary>A broker's directory that disappears with the test.</summary>
sealed class TestFolder : IDisposable
{
    readonly string _parent = System.IO.Directory.CreateTempSubdirectory("amnion-broker-").FullName;

    public TestFolder() => Directory = Path.Combine(_parent, "broker");

    public string Directory { get; }

    public string Database => Path.Combine(Directory, "broker.db");

    public string RootKey => Path.Combine(Directory, "root.key");

    public string NextRootKey => RootKey + ".next";

    public KeyStore Open(TimeProvider? time = null) => KeyStore.Open(Directory, time: time);

    /// <summary>What a power failure now would leave: every file as it is on disk, copied to another place.</summary>
    public TestFolder Crash()
    {
        var copy = new TestFolder();
        PrivateFiles.EnsureDirectory(copy.Directory);
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy.Directory, Path.GetFileName(file)));
        }

        return copy;
    }

    public void Dispose() => System.IO.Directory.Delete(_parent, recursive: true);
}
