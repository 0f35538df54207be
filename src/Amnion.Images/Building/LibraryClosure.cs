using System.Collections.Immutable;

namespace Amnion.Images.Building;

/// <summary>Finds the shared libraries that a program needs: the closure over DT_NEEDED and PT_INTERP, and what .NET opens by name.</summary>
public static class LibraryClosure
{
    /// <summary>Largest file that is looked into.</summary>
    public const long MaxLength = 256L * 1024 * 1024;

    /// <summary>As many as a kernel follows: path_resolution(7).</summary>
    const int MaxLinks = 40;

    /// <summary>Opened with dlopen by System.Security.Cryptography's native part, so no ELF header names them.</summary>
    static readonly ImmutableArray<string> OpenedByName = ["libssl.so.3", "libcrypto.so.3"];

    /// <summary>Wanted only by parts of the runtime that never load here (LTTng tracing); absent is fine.</summary>
    static readonly ImmutableArray<string> Tracing = ["liblttng-ust.so.0", "liblttng-ust.so.1"];

    /// <summary>Where systems keep libraries; Debian's multiarch folders first.</summary>
    public static ImmutableArray<string> Folders(ImageArchitecture architecture) => architecture == ImageArchitecture.Arm64
        ? ["/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/aarch64-linux-gnu/lib", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
        : ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];

    /// <summary>Library name → file on this system, links resolved. Empty for programs that are linked statically.</summary>
    /// <param name="program">Every file of the program, absolute; libraries among them are not looked for elsewhere.</param>
    /// <param name="architecture">Libraries for another processor are passed over.</param>
    /// <param name="roots">Roots of the file systems to look in, in order; "/" is this system. In another root, links that are absolute or lead out of it are passed over.</param>
    /// <exception cref="ImageException">One is missing.</exception>
    /// <exception cref="ElfFormatException">An ELF file contradicts itself.</exception>
    public static ImmutableSortedDictionary<string, RuntimeLibrary> Find(IEnumerable<string> program, ImageArchitecture architecture, IReadOnlyList<string> roots)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(roots);
        var files = program.ToList();
        var own = files.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        var found = new SortedDictionary<string, RuntimeLibrary>(StringComparer.Ordinal);
        var open = new Queue<(string Name, string Wanter)>();
        string? interpreter = null;
        foreach (var file in files)
        {
            if (ReadElf(file) is { } elf)
            {
                interpreter ??= elf.Interpreter;
                Ask(open, elf, file);
            }
        }

        if (interpreter is null)
        {
            return ImmutableSortedDictionary<string, RuntimeLibrary>.Empty;
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

            var (path, elf) = Locate(wanted.Name, architecture, roots)
                ?? throw new ImageException(ImageCodes.LibraryMissing, $"Shared library \"{wanted.Name}\", which {wanted.Wanter} needs, was not found on this system.");
            found.Add(wanted.Name, new RuntimeLibrary(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, wanted.Name == Path.GetFileName(interpreter) ? interpreter : null));
            Ask(open, elf, wanted.Name);
        }

        return found.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    static (string Path, ElfFile Elf)? Locate(string name, ImageArchitecture architecture, IReadOnlyList<string> roots)
    {
        var machine = architecture == ImageArchitecture.Arm64 ? ElfFile.MachineArm64 : ElfFile.MachineX64;
        foreach (var (root, path) in roots.SelectMany(root => Folders(architecture).Select(folder => (root, Path.Combine(root, folder.TrimStart('/'), name)))))
        {
            if (File.Exists(path) && (root == "/" || StaysInside(root, path)) && ReadElf(path) is { } elf && elf.Machine == machine)
            {
                return (path, elf);
            }
        }

        return null;
    }

    // An absolute link in another root would lead to this system's file of that name, and so would one with enough "..". Every part of the way is
    // looked at, those of the links' targets too.
    static bool StaysInside(string root, string path)
    {
        var left = new Stack<string>(Path.GetRelativePath(root, path).Split('/').Reverse());
        var done = new List<string>();
        for (var links = 0; left.TryPop(out var part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (done.Count == 0)
                {
                    return false;
                }

                done.RemoveAt(done.Count - 1);
                continue;
            }

            if (new FileInfo(Path.Combine([root, .. done, part])).LinkTarget is not { } target)
            {
                done.Add(part);
                continue;
            }

            if (Path.IsPathRooted(target) || ++links > MaxLinks)
            {
                return false;
            }

            foreach (var next in target.Split('/').Reverse())
            {
                left.Push(next);
            }
        }

        return true;
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
