namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>A folder that is gone after the test.</summary>
sealed class TemporaryHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("amnion-e2e-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
