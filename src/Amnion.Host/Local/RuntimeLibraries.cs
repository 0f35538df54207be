using System.Collections.Immutable;
using System.Runtime.Versioning;

namespace Amnion.Host.Local;

/// <summary>Finds the shared libraries of the host system that a program needs: the closure over DT_NEEDED, and what .NET opens by name.</summary>
[SupportedOSPlatform("linux")]
static class RuntimeLibraries
{
    /// <summary>Where systems keep them; Debian's multiarch folders first.</summary>
    static readonly ImmutableArray<string> Folders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];

    /// <summary>Opened with dlopen by System.Security.Cryptography's native part, so no ELF header names them.</summary>
    static readonly ImmutableArray<string> OpenedByName = ["libssl.so.3", "libcrypto.so.3"];

    /// <summary>Wanted only by parts of the runtime that never load here (LTTng tracing); absent is fine.</summary>
    static readonly ImmutableArray<string> Tracing = ["liblttng-ust.so.0", "liblttng-ust.so.1"];

    /// <summary>Largest library read.</summary>
    internal const long MaxLength = 256L * 1024 * 1024;

    /// <summary>Library name in the sandbox → file on this system, links resolved.</summary>
    /// <param name="program">Every file of the program, absolute.</param>
    /// <exception cref="EnclaveImageException">One is missing.</exception>
    internal static ImmutableSortedDictionary<string, string> Find(IEnumerable<string> program)
    {
        var files = program.ToList();
        var own = files.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<(string Name, string Wanter)>();
        var isDynamic = false;
        foreach (var file in files)
        {
            if (ReadElf(file) is { } elf)
            {
                isDynamic |= elf.Interpreter is not null;
                Ask(open, elf, file);
            }
        }

        if (!isDynamic)
        {
            return ImmutableSortedDictionary<string, string>.Empty;
        }

        foreach (var name in OpenedByName)
        {
            open.Enqueue((name, "the .NET runtime"));
        }

        while (open.TryDequeue(out var wanted))
        {
            if (own.Contains(wanted.Name) || found.ContainsKey(wanted.Name) || Tracing.Contains(wanted.Name))
            {
                continue;
            }

            var path = Folders.Select(folder => Path.Combine(folder, wanted.Name)).FirstOrDefault(File.Exists)
                ?? throw new EnclaveImageException(HostCodes.LibraryMissing, $"Shared library \"{wanted.Name}\", which {wanted.Wanter} needs, was not found on this system.");
            found.Add(wanted.Name, File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            if (ReadElf(path) is { } elf)
            {
                Ask(open, elf, wanted.Name);
            }
        }

        return found.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    static void Ask(Queue<(string Name, string Wanter)> open, ElfFile elf, string wanter)
    {
        foreach (var name in elf.Needed.Select(Path.GetFileName).Append(elf.Interpreter is null ? null : Path.GetFileName(elf.Interpreter)))
        {
            if (!string.IsNullOrEmpty(name))
            {
                open.Enqueue((name, $"\"{Path.GetFileName(wanter)}\""));
            }
        }
    }

    static ElfFile? ReadElf(string path)
    {
        Span<byte> magic = stackalloc byte[4];
        using (var file = File.OpenRead(path))
        {
            if (file.Length > MaxLength || file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 || !magic.SequenceEqual("\u007fELF"u8))
            {
                return null;
            }
        }

        return ElfFile.Read(File.ReadAllBytes(path));
    }
}
