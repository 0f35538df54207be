namespace Amnion.Bench;

/// <summary>A folder that is removed at the end.</summary>
sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("amnion-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
