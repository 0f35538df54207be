using System.Formats.Tar;
using System.IO.Compression;
using Amnion.Images.Tree;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>
/// Lays a layer over a tree: OCI Image Specification 1.1, layer.md. Owners, dates, extended attributes and set-user-ID bits are dropped. Names that
/// lead out of the root are refused, by ".." and by links alike.
/// </summary>
static class LayerReader
{
    /// <summary>Uncompressed bytes of one layer.</summary>
    public const long MaxLength = 64L * 1024 * 1024 * 1024;

    /// <summary>A layer compresses at most this much; gzip's own limit is 1032.</summary>
    const int MaxRatio = 1100;

    const string Whiteout = ".wh.";
    const string Opaque = ".wh..wh..opq";

    /// <summary>Folders whose content exists only at run time.</summary>
    public static IReadOnlySet<string> Volatile { get; } = new HashSet<string>(StringComparer.Ordinal) { "dev", "proc", "sys", "tmp", "run" };

    /// <summary>Applies a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="diffId">SHA-256 of the uncompressed archive.</param>
    /// <param name="tree">What is below, and afterwards all.</param>
    /// <param name="spool">Takes the files' content.</param>
    public static void Apply(ContainerLayer layer, Digest diffId, FileTree tree, Spool spool)
    {
        CheckDigest(layer);
        var limit = Math.Min(MaxLength, checked((layer.Content.Length + 1024) * MaxRatio));
        using var guard = new TarGuard(layer.Name);
        using var archive = new HashingStream(Uncompress(layer), limit, layer.Name, guard.Take);
        try
        {
            using var reader = new TarReader(archive, leaveOpen: true);
            var added = new HashSet<string>(StringComparer.Ordinal);
            while (reader.GetNextEntry() is { } entry)
            {
                Add(layer, entry, tree, spool, added);
            }

            archive.Drain();
            guard.End();
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or EndOfStreamException or FormatException and not OciFormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new OciFormatException(archive.Count, layer.Name, "no tar archive, or a damaged one", exception);
        }

        if (!archive.Hash().AsSpan().SequenceEqual(diffId.Bytes))
        {
            throw new OciFormatException(0, layer.Name, $"the archive is not {diffId} of rootfs.diff_ids");
        }
    }

    static void CheckDigest(ContainerLayer layer)
    {
        if (layer.Digest is not { } expected)
        {
            return;
        }

        if (OciBlob.Sha256(layer.Content) != expected)
        {
            throw new OciFormatException(0, layer.Name, $"the bytes are not {expected}");
        }
    }

    static Stream Uncompress(ContainerLayer layer)
    {
        var magic = layer.Content.Slice(0, Math.Min(4, layer.Content.Length)).ToArray(4);
        if (magic.AsSpan().SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
        {
            throw new OciFormatException(0, layer.Name, "is compressed with zstd, which is not read here; save the image with gzip or without compression");
        }

        var stream = layer.Content.OpenRead();
        return magic.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    static void Add(ContainerLayer layer, TarEntry entry, FileTree tree, Spool spool, HashSet<string> added)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
        {
            return;
        }

        var name = Normalise(layer, entry.Name);
        if (name.Length == 0)
        {
            return;
        }

        var parent = TreePath.Parent(name);
        var folder = TreeLinks.Resolve(tree, parent, followLast: true) ?? throw Refuse(layer, entry.Name, "leads out of the root by a link");
        var last = parent.Length == 0 ? name : name[(parent.Length + 1)..];
        var path = folder.Length == 0 ? last : $"{folder}/{last}";
        if (last.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            Remove(layer, folder, last, tree, added);
            return;
        }

        if (Volatile.Contains(path.Split('/')[0]) && path.Contains('/', StringComparison.Ordinal))
        {
            return;
        }

        Place(layer, entry, path, tree, spool);
        added.Add(path);
    }

    static void Place(ContainerLayer layer, TarEntry entry, string path, FileTree tree, Spool spool)
    {
        var node = Node(layer, entry, tree, spool);
        if (tree[path] is { } there)
        {
            if (there is TreeNode.Directory && node is TreeNode.Directory)
            {
                return;
            }

            if (!ReferenceEquals(there, node))
            {
                tree.Remove(path);
            }
            else
            {
                return;
            }
        }

        try
        {
            tree.Add(path, node);
        }
        catch (ImageException exception)
        {
            throw new OciFormatException(0, layer.Name, exception.Message, exception);
        }
    }

    static TreeNode Node(ContainerLayer layer, TarEntry entry, FileTree tree, Spool spool)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                return TreeNode.Directory.Instance;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                var executable = (entry.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
                return new TreeNode.File(entry.DataStream is null ? Content.ImageContent.Empty : spool.Add(entry.DataStream, entry.Length, static _ => { }), executable);
            case TarEntryType.SymbolicLink:
                return entry.LinkName is { Length: > 0 and <= TreePath.MaxLength } target && target.IndexOfAny(['\0', '\ufffd']) < 0
                    ? new TreeNode.Link(target)
                    : throw Refuse(layer, entry.Name, "is a link without a target");
            case TarEntryType.HardLink:
                var first = TreeLinks.Resolve(tree, Normalise(layer, entry.LinkName), followLast: false);
                return first is not null && tree[first] is TreeNode.File file ? file : throw Refuse(layer, entry.Name, "is a further name of a file that is not there");
            default:
                throw Refuse(layer, entry.Name, $"is a {entry.EntryType}, which cannot stand in an image");
        }
    }

    // A whiteout hides what lower layers have, never what this one brings.
    static void Remove(ContainerLayer layer, string folder, string name, FileTree tree, HashSet<string> added)
    {
        if (name == Opaque)
        {
            Hide(tree, folder, added);
            return;
        }

        var hidden = name[Whiteout.Length..];
        if (hidden.Length == 0 || hidden is "." or ".." || hidden.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            throw Refuse(layer, name, "is no whiteout");
        }

        var path = folder.Length == 0 ? hidden : $"{folder}/{hidden}";
        Hide(tree, path, added);
        if (!added.Contains(path) && !added.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            tree.Remove(path);
        }
    }

    static void Hide(FileTree tree, string folder, HashSet<string> added)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var kept = added.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(Ancestors).ToHashSet(StringComparer.Ordinal);
        foreach (var path in tree.PathsBelow(folder).Where(path => !kept.Contains(path)).ToList())
        {
            tree.Remove(path);
        }
    }

    static IEnumerable<string> Ancestors(string path)
    {
        for (var at = path; at.Length > 0; at = TreePath.Parent(at))
        {
            yield return at;
        }
    }

    static string Normalise(ContainerLayer layer, string name)
    {
        var path = name;
        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..];
        }

        path = path == "." ? "" : path.TrimEnd('/');
        // The runtime's reader puts this character for bytes that are no UTF-8: the file would get another name, perhaps that of another file.
        var problem = path.Contains('\ufffd', StringComparison.Ordinal) ? "is no UTF-8" : path.Length == 0 ? null : TreePath.Problem(path);
        return problem is null ? path : throw Refuse(layer, name, problem);
    }

    static OciFormatException Refuse(ContainerLayer layer, string name, string problem) => new(0, layer.Name, $"\"{Printable.Escape(name)}\" {problem}");
}
