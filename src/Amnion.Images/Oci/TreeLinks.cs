using Amnion.Images.Tree;

namespace Amnion.Images.Oci;

/// <summary>Follows symbolic links inside a tree as a kernel would with the tree as its root.</summary>
static class TreeLinks
{
    const int MaxLinks = 40;

    /// <summary>The path behind all links; null where a link leads above the root or round in a circle. What does not exist stays as it is.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="path">Relative to the root, without a leading '/'.</param>
    /// <param name="followLast">Whether the last part is followed too.</param>
    public static string? Resolve(FileTree tree, string path, bool followLast)
    {
        var left = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var done = new List<string>();
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (done.Count == 0)
                {
                    return null;
                }

                done.RemoveAt(done.Count - 1);
                continue;
            }

            done.Add(part);
            if ((left.Count == 0 && !followLast) || tree[string.Join('/', done)] is not TreeNode.Link link)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            done.RemoveAt(done.Count - 1);
            if (link.Target.StartsWith('/'))
            {
                done.Clear();
            }

            foreach (var next in link.Target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                left.Push(next);
            }
        }

        return string.Join('/', done);
    }
}
