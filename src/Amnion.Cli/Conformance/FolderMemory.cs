using System.Collections.Concurrent;

namespace Amnion.Cli.Conformance;

/// <summary>Files of a folder that does not change meanwhile, read once, and what was worked out from them. Callers do not change the bytes. Safe for concurrent use.</summary>
sealed class FolderMemory
{
    readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, Lazy<(object Value, IReadOnlyCollection<string> Files)>> _results = new(StringComparer.Ordinal);

    /// <summary>The bytes of a file.</summary>
    public byte[] File(string path, Func<string, byte[]> read) => _files.GetOrAdd(path, read);

    /// <summary>A result of that name with the files that it follows from.</summary>
    public (object Value, IReadOnlyCollection<string> Files) Get(string name, Func<(object Value, IReadOnlyCollection<string> Files)> read) =>
        _results.GetOrAdd(name, _ => new Lazy<(object Value, IReadOnlyCollection<string> Files)>(read)).Value;
}
