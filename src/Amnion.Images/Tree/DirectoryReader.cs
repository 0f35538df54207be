using System.Runtime.Versioning;
using Amnion.Images.Content;

namespace Amnion.Images.Tree;

/// <summary>Reads a folder of this system into a tree. Links are kept as links or refused, never followed; files with several names stay one.</summary>
[SupportedOSPlatform("linux")]
static class DirectoryReader
{
    /// <summary>Reads <paramref name="folder"/> into <paramref name="tree"/> below <paramref name="prefix"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="tree">Where entries go.</param>
    /// <param name="prefix">Path in the tree; empty for its root.</param>
    /// <param name="links">Whether symbolic links are taken.</param>
    /// <param name="skip">Paths relative to the folder whose content is left out.</param>
    /// <exception cref="ImageException">Something cannot stand in an image.</exception>
    public static void Read(string folder, FileTree tree, string prefix, bool links, IReadOnlySet<string> skip)
    {
        if (!Directory.Exists(folder))
        {
            throw new ImageException(ImageCodes.InputUnfit, $"The folder \"{Printable.Escape(folder)}\" does not exist.");
        }

        var shared = new Dictionary<(uint, uint, ulong), TreeNode.File>();
        try
        {
            ReadFolder(folder, "", tree, prefix, links, skip, shared);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageCodes.InputUnfit, $"The folder \"{Printable.Escape(folder)}\" cannot be read: {exception.Message}", exception);
        }
    }

    static void ReadFolder(string root, string relative, FileTree tree, string prefix, bool links, IReadOnlySet<string> skip, Dictionary<(uint, uint, ulong), TreeNode.File> shared)
    {
        foreach (var name in Directory.EnumerateFileSystemEntries(Path.Combine(root, relative)).Select(Path.GetFileName).Order(StringComparer.Ordinal))
        {
            var path = relative.Length == 0 ? name! : $"{relative}/{name}";
            var full = Path.Combine(root, path);
            var target = prefix.Length == 0 ? path : $"{prefix}/{path}";
            var status = FileStatus.Of(full);
            switch (status.Type)
            {
                case FileStatus.Directory:
                    tree.AddDirectory(target);
                    if (!skip.Contains(path))
                    {
                        ReadFolder(root, path, tree, prefix, links, skip, shared);
                    }

                    break;
                case FileStatus.Regular:
                    tree.Add(target, Node(full, status, shared));
                    break;
                case FileStatus.Link when links:
                    // The runtime puts this character for bytes that are no UTF-8: the link would point elsewhere.
                    tree.Add(target, new FileInfo(full).LinkTarget is { } link && !link.Contains('\ufffd', StringComparison.Ordinal) ? new TreeNode.Link(link) : throw new ImageException(ImageCodes.InputUnfit, $"The target of the link \"{Printable.Escape(full)}\" is no UTF-8."));
                    break;
                default:
                    throw new ImageException(ImageCodes.InputUnfit, $"\"{Printable.Escape(full)}\" is a link, device, pipe or socket, which cannot stand there in an image.");
            }
        }
    }

    static TreeNode.File Node(string path, FileStatus status, Dictionary<(uint, uint, ulong), TreeNode.File> shared)
    {
        if (status.Links > 1 && shared.TryGetValue(status.Identity, out var known))
        {
            return known;
        }

        var node = new TreeNode.File(ImageContent.FromFile(path), status.IsExecutable);
        if (status.Links > 1)
        {
            shared.Add(status.Identity, node);
        }

        return node;
    }
}
