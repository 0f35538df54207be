using System.Globalization;
using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Tree;

namespace Amnion.Images.Cpio;

/// <summary>
/// Writes a tree as a "newc" archive of which nothing depends on machine or time: entries sorted, owner and date 0, inode numbers by
/// order, modes of two kinds.
/// </summary>
public sealed class CpioWriter
{
    /// <summary>A "newc" size has eight hexadecimal digits, and the kernel takes it as an int.</summary>
    const long MaxFileLength = int.MaxValue;

    readonly List<(byte[] Header, ImageContent Data)> _records = [];

    /// <summary>Lays the archive out.</summary>
    /// <exception cref="ImageException">A file is longer than 2 GiB.</exception>
    public CpioWriter(FileTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var entries = tree.Entries.ToList();
        var names = new Dictionary<TreeNode, int>(ReferenceEqualityComparer.Instance);
        foreach (var file in entries.Select(entry => entry.Value).OfType<TreeNode.File>())
        {
            names[file] = names.GetValueOrDefault(file) + 1;
        }

        var inodes = new Dictionary<TreeNode, uint>(ReferenceEqualityComparer.Instance);
        uint next = 1;
        foreach (var (path, node) in entries)
        {
            if (node is TreeNode.File file)
            {
                // The kernel links further names to the first, which alone carries the bytes.
                var first = inodes.TryAdd(file, next);
                Add(path, first ? next++ : inodes[file], CpioFormat.Regular | (file.IsExecutable ? 0b111_101_101u : 0b110_100_100u), (uint)names[file], first ? file.Content : ImageContent.Empty, (0, 0));
                continue;
            }

            var (mode, data, device) = node switch
            {
                TreeNode.Link link => (CpioFormat.Link | 0b111_111_111u, ImageContent.FromBytes(Encoding.UTF8.GetBytes(link.Target)), (0u, 0u)),
                TreeNode.Device special => (CpioFormat.CharacterDevice | special.Permissions, ImageContent.Empty, (special.Major, special.Minor)),
                _ => (CpioFormat.Directory | 0b111_101_101u, ImageContent.Empty, (0u, 0u)),
            };
            Add(path, next++, mode, node is TreeNode.Directory ? 2u : 1u, data, device);
        }

        Add(CpioFormat.Trailer, 0, 0, 1, ImageContent.Empty, (0, 0));
        Length = _records.Sum(record => record.Header.Length + record.Data.Length + CpioFormat.Padding(record.Data.Length));
    }

    /// <summary>Length of the archive, bytes; a multiple of four, so that another one may follow it in memory.</summary>
    public long Length { get; }

    /// <summary>Writes the archive.</summary>
    public void Write(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        foreach (var (header, data) in _records)
        {
            destination.Write(header);
            data.CopyTo(destination);
            destination.Write("\0\0\0"u8[..CpioFormat.Padding(data.Length)]);
        }
    }

    /// <summary>The archive in memory.</summary>
    public byte[] ToArray()
    {
        using var buffer = new MemoryStream();
        Write(buffer);
        return buffer.ToArray();
    }

    void Add(string path, uint inode, uint mode, uint links, ImageContent data, (uint Major, uint Minor) device)
    {
        if (data.Length > MaxFileLength)
        {
            throw new ImageException(ImageCodes.InputUnfit, $"\"{Printable.Escape(path)}\" has {data.Length} bytes; a ramdisk takes files up to {MaxFileLength}.");
        }

        var name = Encoding.UTF8.GetBytes(path);
        var header = new StringBuilder(Encoding.ASCII.GetString(CpioFormat.Magic));
        foreach (var field in (uint[])[inode, mode, 0, 0, links, 0, (uint)data.Length, 0, 0, device.Major, device.Minor, (uint)name.Length + 1, 0])
        {
            header.Append(field.ToString("x8", CultureInfo.InvariantCulture));
        }

        byte[] record = [.. Encoding.ASCII.GetBytes(header.ToString()), .. name, 0];
        _records.Add(([.. record, .. new byte[CpioFormat.Padding(record.Length)]], data));
    }
}
