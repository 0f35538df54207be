using System.Runtime.Versioning;

namespace Amnion.Cli.Enclaves;

/// <summary>What a debug enclave prints, in a file for its owner, up to a limit. It goes with the enclave.</summary>
[SupportedOSPlatform("linux")]
sealed class ConsoleFile : IDisposable
{
    /// <summary>Bytes at most; what comes later is dropped.</summary>
    public const long MaxLength = 16 << 20;

    readonly Lock _lock = new();
    FileStream? _file;

    /// <summary>Makes the file anew.</summary>
    public ConsoleFile(string path)
    {
        Location = path;
        File.Delete(path);
        _file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    /// <summary>Its path.</summary>
    public string Location { get; }

    /// <summary>Adds what was printed.</summary>
    public void Append(ReadOnlyMemory<byte> printed)
    {
        lock (_lock)
        {
            if (_file is { } file && file.Length + printed.Length <= MaxLength)
            {
                file.Write(printed.Span);
            }
        }
    }

    /// <summary>Deletes it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            File.Delete(Location);
        }
    }
}
