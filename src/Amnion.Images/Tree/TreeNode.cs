using Amnion.Images.Content;

namespace Amnion.Images.Tree;

/// <summary>What stands at a path of a ramdisk.</summary>
public abstract class TreeNode
{
    private protected TreeNode()
    {
    }

    /// <summary>A directory, mode 0755.</summary>
    public sealed class Directory : TreeNode
    {
        /// <summary>The only one that is needed.</summary>
        public static Directory Instance { get; } = new();
    }

    /// <summary>A file, mode 0755 or 0644. The same object at several paths is one file with several names (hard links).</summary>
    public sealed class File(ImageContent content, bool isExecutable) : TreeNode
    {
        /// <summary>The bytes.</summary>
        public ImageContent Content { get; } = content;

        /// <summary>Whether the mode is 0755.</summary>
        public bool IsExecutable { get; } = isExecutable;
    }

    /// <summary>A symbolic link.</summary>
    public sealed class Link(string target) : TreeNode
    {
        /// <summary>Where it points, as written.</summary>
        public string Target { get; } = target;
    }

    /// <summary>A character device.</summary>
    public sealed class Device(uint major, uint minor, uint permissions) : TreeNode
    {
        /// <summary>Major number.</summary>
        public uint Major { get; } = major;

        /// <summary>Minor number.</summary>
        public uint Minor { get; } = minor;

        /// <summary>The lower nine bits of the mode.</summary>
        public uint Permissions { get; } = permissions;
    }
}
