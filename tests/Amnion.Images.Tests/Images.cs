using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Tree;

namespace Amnion.Images.Tests;

/// <summary>Small images that tests start from.</summary>
static class Images
{
    public const string Metadata = """{"ImageName":"test","ImageVersion":"1","BuildMetadata":{"BuildTime":"1970-01-01T00:00:00+00:00","BuildTool":"amnion","BuildToolVersion":"0","OperatingSystem":"Linux","KernelVersion":"6.12"},"DockerInfo":null,"CustomMetadata":null}""";

    public static byte[] Kernel { get; } = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))];

    public static byte[] Bootstrap { get; } = new CpioWriter(Tree(("init", "#!init\n"))).ToArray();

    public static byte[] Application { get; } = new CpioWriter(Tree(("app/program", "one\ntwo\nthree\n"), ("etc/name", "a\n"))).ToArray();

    public static byte[] Small() => Build(Default());

    public static List<EifPart> Default() =>
    [
        Part(EifSectionType.Kernel, Kernel),
        Part(EifSectionType.CommandLine, "reboot=k panic=30"u8),
        Part(EifSectionType.Metadata, Encoding.UTF8.GetBytes(Metadata)),
        Part(EifSectionType.Ramdisk, Bootstrap),
        Part(EifSectionType.Ramdisk, Application),
    ];

    public static EifPart Part(EifSectionType type, ReadOnlySpan<byte> data) => EifPart.Of(type, ImageContent.FromBytes(data.ToArray()));

    public static byte[] Build(IReadOnlyList<EifPart> parts, ImageArchitecture architecture = ImageArchitecture.X64)
    {
        using var buffer = new MemoryStream();
        EifWriter.Write(buffer, architecture, parts);
        return buffer.ToArray();
    }

    public static EifImage Read(byte[] bytes) => EifImage.Read(ImageContent.FromBytes(bytes));

    public static FileTree Tree(params (string Path, string Text)[] files)
    {
        var tree = new FileTree();
        foreach (var (path, text) in files)
        {
            tree.AddFile(path, Encoding.UTF8.GetBytes(text));
        }

        return tree;
    }
}
