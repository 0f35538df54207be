using System.Globalization;
using System.Text;
using Amnion.Images.Content;

namespace Amnion.Images.Tree;

/// <summary>The content of a ramdisk by path. Folders above a path are made with it; what stands at a path does not change silently.</summary>
public sealed class FileTree
{
    /// <summary>Most entries: a distribution's full root has some 200000.</summary>
    public const int MaxEntries = 500_000;

    readonly Dictionary<string, TreeNode> _nodes = new(StringComparer.Ordinal);

    /// <summary>Number of entries, folders included.</summary>
    public int Count => _nodes.Count;

    /// <summary>Entries sorted by the bytes of the path, so that folders stand before what is in them.</summary>
    public IEnumerable<KeyValuePair<string, TreeNode>> Entries =>
        _nodes.Select(pair => (Key: Encoding.UTF8.GetBytes(pair.Key), pair)).OrderBy(item => item.Key, s_byBytes).Select(item => item.pair);

    static readonly Comparer<byte[]> s_byBytes = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    /// <summary>What stands at a path; null where nothing does.</summary>
    public TreeNode? this[string path] => _nodes.GetValueOrDefault(path);

    /// <summary>Adds an entry and the folders above it.</summary>
    /// <exception cref="ImageException">The path is unfit, taken, or leads through something that is no folder.</exception>
    public void Add(string path, TreeNode node)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(node);
        if (TreePath.Problem(path) is { } problem)
        {
            throw Unfit(path, problem);
        }

        if (_nodes.TryGetValue(path, out var taken))
        {
            if (taken is TreeNode.Directory && node is TreeNode.Directory)
            {
                return;
            }

            throw Unfit(path, "is there already");
        }

        var parent = TreePath.Parent(path);
        if (parent.Length > 0 && _nodes.GetValueOrDefault(parent) is not TreeNode.Directory)
        {
            // A link in the way would let an entry land outside its folder.
            if (_nodes.ContainsKey(parent))
            {
                throw Unfit(path, "leads through something that is no folder");
            }

            Add(parent, TreeNode.Directory.Instance);
        }

        if (_nodes.Count == MaxEntries)
        {
            throw Unfit(path, string.Create(CultureInfo.InvariantCulture, $"is one more than the {MaxEntries} entries that are accepted"));
        }

        _nodes.Add(path, node);
    }

    /// <summary>A file from memory.</summary>
    public void AddFile(string path, ReadOnlyMemory<byte> content, bool isExecutable = false) => Add(path, new TreeNode.File(ImageContent.FromBytes(content), isExecutable));

    /// <summary>A folder.</summary>
    public void AddDirectory(string path) => Add(path, TreeNode.Directory.Instance);

    /// <summary>Takes away an entry and everything below it. False where there is none.</summary>
    public bool Remove(string path)
    {
        if (!_nodes.Remove(path, out var node))
        {
            return false;
        }

        if (node is TreeNode.Directory)
        {
            RemoveBelow(path);
        }

        return true;
    }

    /// <summary>Empties a folder.</summary>
    public void RemoveBelow(string path)
    {
        foreach (var below in PathsBelow(path).ToList())
        {
            _nodes.Remove(below);
        }
    }

    /// <summary>Every path below a folder, in no order.</summary>
    internal IEnumerable<string> PathsBelow(string path)
    {
        var prefix = path.Length == 0 ? "" : path + "/";
        return _nodes.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal));
    }

    static ImageException Unfit(string path, string problem) => new(ImageCodes.InputUnfit, $"The path \"{Printable.Escape(path)}\" {problem}.");
}
