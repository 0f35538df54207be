using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Tree;

namespace Amnion.Images.Tests;

public sealed class CpioTests
{
    [Fact]
    public void A_tree_reads_back_as_it_was_written()
    {
        var tree = Images.Tree(("b/file", "text"), ("a", "x"));
        tree.Add("program", new TreeNode.File(ImageContent.FromBytes("elf"u8.ToArray()), isExecutable: true));
        tree.Add("link", new TreeNode.Link("b/file"));
        tree.Add("dev/console", new TreeNode.Device(5, 1, 0b110_000_000));
        tree.AddDirectory("empty");
        var entries = Read(new CpioWriter(tree).ToArray());
        Assert.Equal(["a", "b", "b/file", "dev", "dev/console", "empty", "link", "program"], entries.Select(entry => entry.Path));
        Assert.All(entries, entry => Assert.Equal((0u, 0u, 0u), (entry.UserId, entry.GroupId, entry.Modified)));
        Assert.Equal([0x1a4, 0x1ed, 0x1a4, 0x1ed, 0x180, 0x1ed, 0x1ff, 0x1ed], entries.Select(entry => entry.Permissions));
        Assert.Equal("text", Encoding.UTF8.GetString(entries[2].Content.ToArray(10)));
        Assert.Equal((5u, 1u), entries[4].Device);
        Assert.Equal("b/file", entries[6].Target);
    }

    [Fact]
    public void The_bytes_are_the_formats()
    {
        var bytes = new CpioWriter(Images.Tree(("a", "hello"))).ToArray();
        var expected = "070701" + "00000001" + "000081a4" + "00000000" + "00000000" + "00000001" + "00000000" + "00000005"
            + "00000000" + "00000000" + "00000000" + "00000000" + "00000002" + "00000000" + "a\0" + "hello\0\0\0"
            + "070701" + "00000000" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000" + "0000000b" + "00000000" + "TRAILER!!!\0\0\0\0";
        Assert.Equal(expected, Encoding.ASCII.GetString(bytes));
        Assert.Equal(0, bytes.Length % 4);
    }

    [Fact]
    public void The_order_of_adding_does_not_matter() =>
        Assert.Equal(new CpioWriter(Images.Tree(("a/z", "1"), ("b", "2"))).ToArray(), new CpioWriter(Images.Tree(("b", "2"), ("a/z", "1"))).ToArray());

    [Fact]
    public void Hard_links_share_one_copy()
    {
        var tree = new FileTree();
        var file = new TreeNode.File(ImageContent.FromBytes("shared bytes"u8.ToArray()), isExecutable: true);
        tree.Add("b", file);
        tree.Add("a", file);
        tree.AddFile("c", "shared bytes"u8.ToArray());
        var bytes = new CpioWriter(tree).ToArray();
        var entries = Read(bytes);
        Assert.All(entries, entry => Assert.Equal("shared bytes", Encoding.UTF8.GetString(entry.Content.ToArray(100))));
        Assert.Equal(2, Encoding.Latin1.GetString(bytes).Split("shared bytes").Length - 1);
    }

    [Fact]
    public void Hard_links_whose_last_name_carries_the_bytes_are_understood()
    {
        var bytes = Archive(Entry("a", 7, 0x81a4, 2, ""), Entry("b", 7, 0x81a4, 2, "data"));
        Assert.All(Read(bytes), entry => Assert.Equal("data", Encoding.UTF8.GetString(entry.Content.ToArray(10))));
        Assert.Equal("c_filesize", Refused(Archive(Entry("a", 7, 0x81a4, 2, "data"), Entry("b", 7, 0x81a4, 2, "more"))));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("..")]
    public void Names_that_lead_elsewhere_are_refused(string name) =>
        Assert.Equal("name", Refused(Archive(Entry("a", 1, 0x41ed, 2, ""), Entry(name, 2, 0x81a4, 1, ""))));

    [Fact]
    public void An_entry_below_a_link_is_refused() =>
        Assert.Equal("name", Refused(Archive(Entry("a", 1, 0xa1ff, 1, "/etc"), Entry("a/passwd", 2, 0x81a4, 1, "x"))));

    [Fact]
    public void An_entry_that_stands_twice_is_refused() =>
        Assert.Equal("name", Refused(Archive(Entry("a", 1, 0x81a4, 1, "1"), Entry("a", 2, 0x81a4, 1, "2"))));

    [Fact]
    public void An_entry_without_its_directory_is_refused() => Assert.Equal("name", Refused(Archive(Entry("a/b", 1, 0x81a4, 1, "1"))));

    [Fact]
    public void Names_with_a_leading_dot_or_a_trailing_slash_are_understood() =>
        Assert.Equal(["dev", "dev/x"], Read(Archive(Entry(".", 1, 0x41ed, 2, ""), Entry("./dev/", 2, 0x41ed, 2, ""), Entry("dev/x", 3, 0x81a4, 1, ""))).Select(entry => entry.Path));

    [Fact]
    public void What_follows_the_trailer_is_refused_but_zeros()
    {
        var bytes = Images.Application;
        Assert.Equal(Read(bytes).Count, Read([.. bytes, .. new byte[512]]).Count);
        Assert.Equal("trailer", Refused([.. bytes, 0, 1]));
        Assert.Equal("trailer", Refused([.. bytes, .. bytes]));
    }

    [Fact]
    public void Wrong_fields_are_refused()
    {
        Assert.Equal("c_magic", Refused(Encoding.ASCII.GetBytes("070702" + new string('0', 104))));
        Assert.Equal("c_mode", Refused(Archive(Entry("a", 1, 0x1a4, 1, ""))));
        Assert.Equal("c_mode", Refused(Archive(Entry("a", 1, 0x181a4, 1, ""))));
        Assert.Equal("c_filesize", Refused(Archive(Entry("a", 1, 0x41ed, 1, "data"))));
        Assert.Equal("link", Refused(Archive(Entry("a", 1, 0xa1ff, 1, ""))));
        Assert.Equal("c_namesize", Refused(Encoding.ASCII.GetBytes("070701" + string.Concat(Enumerable.Repeat("00000000", 13)))));
        Assert.Equal("header", Refused(Encoding.ASCII.GetBytes("070701" + new string('g', 104))));
        Assert.Equal("header", Refused([]));
    }

    [Fact]
    public void Truncations_are_refused()
    {
        for (var length = 0; length < Images.Application.Length; length++)
        {
            Refused(Images.Application[..length]);
        }
    }

    [Fact]
    public void No_mutation_crashes_the_reader() => Fuzz.Run(42, [Images.Application, Images.Bootstrap], bytes =>
    {
        try
        {
            _ = Read(bytes);
        }
        catch (CpioFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, bytes.Length);
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/..")]
    [InlineData("a\0b")]
    public void A_tree_takes_no_such_path(string path) => Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => new FileTree().AddFile(path, default)).Code);

    [Fact]
    public void A_tree_takes_nothing_below_a_link()
    {
        var tree = new FileTree();
        tree.Add("a", new TreeNode.Link("/etc"));
        Assert.Throws<ImageException>(() => tree.AddFile("a/b", default));
        Assert.Throws<ImageException>(() => tree.AddFile("a", default));
    }

    static IReadOnlyList<CpioEntry> Read(byte[] bytes) => CpioReader.Read(ImageContent.FromBytes(bytes));

    static string Refused(byte[] bytes) => Assert.Throws<CpioFormatException>(() => Read(bytes)).Field;

    static byte[] Archive(params byte[][] entries) => [.. entries.SelectMany(entry => entry), .. Entry("TRAILER!!!", 0, 0, 1, "")];

    static byte[] Entry(string name, int inode, int mode, int links, string data)
    {
        var header = "070701" + string.Concat(((int[])[inode, mode, 0, 0, links, 0, data.Length, 0, 0, 0, 0, name.Length + 1, 0]).Select(field => field.ToString("X8"))) + name + "\0";
        return Encoding.UTF8.GetBytes(header + new string('\0', -header.Length & 3) + data + new string('\0', -data.Length & 3));
    }
}
