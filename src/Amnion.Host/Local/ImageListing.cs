using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Host.Local;

/// <summary>
/// The canonical listing of a set of files, "amnion/local-image/1": a first line with the format's name, then one line a file, sorted
/// by the bytes of the path: <c>x|- length sha384 path</c>. docs/specs/local-platform.md.
/// </summary>
[SupportedOSPlatform("linux")]
sealed record ImageListing(ImmutableArray<ImageFile> Files)
{
    /// <summary>The listing's first line.</summary>
    internal const string Format = "amnion/local-image/1";

    /// <summary>Most files of a program; a self-contained .NET program has about 200.</summary>
    internal const int MaxFiles = 4096;

    /// <summary>Most bytes of a program.</summary>
    internal const long MaxLength = 2L * 1024 * 1024 * 1024;

    const int MaxPathLength = 512;
    const int BufferLength = 1024 * 1024;

    /// <summary>The native libraries among the files: "lib*.so" and "lib*.so.N", in any folder.</summary>
    internal ImageListing Libraries => new([.. Files.Where(file =>
    {
        var name = Path.GetFileName(file.Path);
        return name.StartsWith("lib", StringComparison.Ordinal) && (name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal));
    })]);

    /// <summary>Hashes every file under <paramref name="source"/>; with a target, copies each there and hashes the bytes as they are copied.</summary>
    /// <exception cref="EnclaveImageException">Something in the folder cannot be measured.</exception>
    internal static ImageListing Read(string source, string? target)
    {
        if (!Directory.Exists(source))
        {
            throw new EnclaveImageException(HostCodes.ImageMissing, $"The program directory \"{source}\" does not exist.");
        }

        var paths = new List<string>();
        Collect(source, "", paths);
        paths.Sort(StringComparer.Ordinal);
        var left = MaxLength;
        var files = ImmutableArray.CreateBuilder<ImageFile>(paths.Count);
        foreach (var path in paths)
        {
            var file = ReadFile(source, path, target, left);
            left -= file.Length;
            files.Add(file);
        }

        return new ImageListing(files.MoveToImmutable());
    }

    /// <summary>Copies (or only hashes) single files under new names.</summary>
    internal static ImageListing ReadFiles(ImmutableSortedDictionary<string, string> sources, string? target) =>
        new([.. sources.Select(pair => ReadFile(Path.GetDirectoryName(pair.Value)!, Path.GetFileName(pair.Value), target, MaxLength, pair.Key))]);

    /// <summary>The listing's bytes.</summary>
    internal byte[] ToBytes()
    {
        var text = new StringBuilder(Format).Append('\n');
        foreach (var file in Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(file.Executable ? 'x' : '-')} {file.Length} {Convert.ToHexStringLower(file.Sha384.AsSpan())} {file.Path}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    static void Collect(string root, string folder, List<string> paths)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos())
        {
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry.LinkTarget is not null)
            {
                throw Unfit(path, "is a symbolic link; a measured program holds files and folders only");
            }

            // One spelling of every path: printable ASCII without spaces, so that a line of the listing splits in one way.
            if (path.Length > MaxPathLength || path.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                throw Unfit(path, $"is longer than {MaxPathLength} characters or has characters outside printable ASCII");
            }

            if (entry is DirectoryInfo)
            {
                Collect(root, path, paths);
            }
            else
            {
                paths.Add(path);
                if (paths.Count > MaxFiles)
                {
                    throw Unfit(path, $"is one file more than the {MaxFiles} that are accepted");
                }
            }
        }
    }

    static ImageFile ReadFile(string root, string path, string? target, long left, string? name = null)
    {
        var full = Path.Combine(root, path);
        var copy = target is null ? null : Path.Combine(target, name ?? path);
        if (copy is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!, RunDirectory.Private);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
            using var input = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            var executable = File.GetUnixFileMode(input.SafeFileHandle).HasFlag(UnixFileMode.UserExecute);
            using var output = copy is null ? Stream.Null : new FileStream(copy, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead,
            });
            long length = 0;
            for (int read; (read = input.Read(buffer)) > 0; length += read)
            {
                if (length + read > left)
                {
                    throw Unfit(path, $"makes the program larger than the {MaxLength} bytes that are accepted");
                }

                hash.AppendData(buffer, 0, read);
                output.Write(buffer, 0, read);
            }

            return new ImageFile(name ?? path, executable, length, [.. hash.GetHashAndReset()]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnclaveImageException(HostCodes.ImageUnfit, $"\"{path}\" cannot be read or copied: {e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static EnclaveImageException Unfit(string path, string problem) => new(HostCodes.ImageUnfit, $"\"{path}\" {problem}.");
}
