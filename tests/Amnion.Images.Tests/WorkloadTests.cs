using System.Formats.Tar;
using System.Text;
using Amnion.Images.Building;
using Amnion.Images.Content;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Images.Oci;
using Amnion.Images.Specification;
using Amnion.Images.Tree;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class WorkloadTests
{
    static readonly byte[] s_base = Containers.Layer(
        Containers.Folder("usr/"), Containers.Folder("usr/bin/"), Containers.File("usr/bin/server", "#!server", executable: true), Containers.Link("bin", "usr/bin"),
        Containers.Folder("etc"), Containers.File("etc/old", "old"), Containers.File("etc/kept", "kept"), Containers.Folder("srv"), Containers.File("srv/a", "1"), Containers.File("srv/b", "2"),
        Containers.Link("usr/bin/again", "usr/bin/server", TarEntryType.HardLink));

    static readonly byte[] s_second = Containers.Layer(
        Containers.File("etc/.wh.old", ""), Containers.File("etc/new", "new"), Containers.File("srv/.wh..wh..opq", ""), Containers.File("srv/c", "3"),
        Containers.File("bin/tool", "through a link", executable: true), Containers.File("tmp/left", "gone"));

    [Fact]
    public void An_OCI_layout_becomes_a_workload()
    {
        using var folder = new TempFolder();
        using var workload = Open(folder, "oci:" + Containers.Layout(folder, [s_base, s_second]));
        Check(workload);
        Assert.Equal(["manifest", "configuration", "layer 1", "layer 2"], workload.Sources.Select(source => source.Name));
    }

    [Fact]
    public void A_layout_without_compression_does_too()
    {
        using var folder = new TempFolder();
        using var workload = Open(folder, "oci:" + Containers.Layout(folder, [s_base, s_second], gzip: false, mediaType: "application/vnd.oci.image.layer.v1.tar"));
        Check(workload);
    }

    [Fact]
    public void What_docker_save_writes_becomes_the_same_workload()
    {
        using var folder = new TempFolder();
        using var workload = Open(folder, Containers.Saved(folder, [s_base, s_second]));
        Check(workload);
    }

    [Fact]
    public void A_folder_becomes_a_workload()
    {
        using var folder = new TempFolder();
        folder.Write("root/opt/server", "#!server"u8);
        File.SetUnixFileMode(folder.Combine("root/opt/server"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(folder.Combine("root/link"), "/opt/server");
        folder.Write("root/proc/something", "x"u8);
        using var workload = Open(folder, folder.Combine("root"), new WorkloadSpecification { Arguments = ["/link", "x"], Environment = [("B", "2")], Directory = null, Port = 80 });
        Assert.Equal(["link", "opt", "opt/server", "proc"], workload.Tree.Entries.Select(entry => entry.Key));
        Assert.Equal(["/link", "x"], workload.Arguments);
        Assert.Contains("B=2", workload.Environment);
        Assert.Equal("/", workload.Directory);
    }

    [Fact]
    public void A_pipe_in_a_folder_is_refused_without_waiting_for_its_writer()
    {
        using var folder = new TempFolder();
        folder.Write("root/opt/server", "#!server"u8);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [folder.Combine("root/pipe")]))
        {
            made.WaitForExit();
        }

        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => Open(folder, folder.Combine("root"))).Code);
    }

    [Fact]
    public void The_image_carries_the_workload_and_how_it_starts()
    {
        using var folder = new TempFolder();
        using var workload = Open(folder, "oci:" + Containers.Layout(folder, [s_base, s_second]));
        var path = folder.Combine("a.eif");
        ImageBuilder.Build(TestBuild.Request(folder, TestBuild.Specification + "workload:\n  port: 8080\n", workload), path);
        var items = ImageContents.List(EifImage.Open(path)).Where(item => item.Section == ImageContents.Application).ToDictionary(item => item.Path!);
        Assert.Equal("/bin/server\0--port\08080\0", Text(items["etc/amnion/workload.argv"].Content));
        Assert.Equal("PATH=/bin:/usr/bin\0A=1\0", Text(items["etc/amnion/workload.env"].Content));
        Assert.Equal("/srv", Text(items["etc/amnion/workload.cwd"].Content));
        Assert.Equal("127.0.0.1 localhost\n", Text(items["workload/etc/hosts"].Content));
        Assert.Equal("#!server", Text(items["workload/usr/bin/again"].Content));
        Assert.Equal(8080, ImageConfiguration.Parse(items["etc/amnion/image.json"].Content.ToArray(20000)).WorkloadPort);
        foreach (var mount in (string[])["dev", "proc", "run/amnion", "sys", "tmp"])
        {
            Assert.Contains("workload/" + mount, items.Keys);
        }

        // Twice from fresh copies of the same layers: the spool's path and order must not show.
        using var again = new TempFolder();
        using var second = Open(again, "oci:" + Containers.Layout(again, [s_base, s_second]));
        ImageBuilder.Build(TestBuild.Request(again, TestBuild.Specification + "workload:\n  port: 8080\n", second), again.Combine("b.eif"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again.Combine("b.eif")));
    }

    // docs/specs/enclave-init.md §2: 64 KiB and 1023 strings. What PID 1 does not read is refused where it can be changed.
    [Theory]
    [InlineData(17, 4000)]
    [InlineData(1024, 1)]
    public void What_PID_1_could_not_start_is_refused(int variables, int length)
    {
        using var folder = new TempFolder();
        folder.Write("root/opt/server", "#!server"u8);
        File.SetUnixFileMode(folder.Combine("root/opt/server"), (UnixFileMode)0b111_101_101);
        var start = new WorkloadSpecification { Arguments = ["/opt/server"], Environment = [.. Enumerable.Range(0, variables).Select(i => ($"V{i}", new string('x', length)))], Directory = null, Port = 8080 };
        using var workload = Open(folder, folder.Combine("root"), start);
        var request = TestBuild.Request(folder, TestBuild.Specification + "workload:\n  port: 8080\n", workload);
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => ImageBuilder.Build(request, folder.Combine("a.eif"))).Code);
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "a parent", Containers.Layer(Raw("../evil")) },
        { "an absolute name", Containers.Layer(Raw("/evil")) },
        { "a link above the root", Containers.Layer(Containers.Link("out", "../.."), Containers.File("out/evil", "x")) },
        { "a link in a circle", Containers.Layer(Containers.Link("a", "b"), Containers.Link("b", "a"), Containers.File("a/evil", "x")) },
        { "a further name of nothing", Containers.Layer(Containers.Link("a", "etc/shadow", TarEntryType.HardLink)) },
        { "a further name of a folder", Containers.Layer(Containers.Folder("d"), Containers.Link("a", "d", TarEntryType.HardLink)) },
        { "a further name above the root", Containers.Layer(Containers.Link("a", "../etc/shadow", TarEntryType.HardLink)) },
        { "a pipe", Containers.Layer(new PaxTarEntry(TarEntryType.Fifo, "pipe")) },
        { "a device", Containers.Layer(new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 }) },
        { "no whiteout", Containers.Layer(Containers.File(".wh...", "")) },
        { "a file as a folder", Containers.Layer(Containers.File("f", "x"), Containers.File("f/g", "y")) },
        { "attributes larger than the archive", Attributes(0x0fffffff) },
        { "attributes with a size", Renamed("syze", "size") },
        { "a name that is no UTF-8", Undecodable() },
        { "bytes after the end", [.. Containers.Layer(Containers.File("a", "x")), .. Containers.Layer(Containers.File("b", "y"))] },
        { "no end", Containers.Layer(Containers.File("a", "x"))[..^1024] },
        { "no archive", [.. "this is no tar archive, but it has to be long enough to hold a header of one, which is five hundred and twelve bytes"u8, .. new byte[1024]] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_layer_is_refused(string what, byte[] layer)
    {
        using var folder = new TempFolder();
        var layout = Containers.Layout(folder, [s_base, layer]);
        var exception = Assert.Throws<OciFormatException>(() => Open(folder, "oci:" + layout));
        Assert.True(exception.Code == ImageCodes.OciMalformed, what);
        Assert.Empty(Directory.EnumerateFiles(folder.Root, ".amnion-spool-*"));
    }

    [Fact]
    public void A_whiteout_hides_nothing_of_its_own_layer()
    {
        using var folder = new TempFolder();
        var layer = Containers.Layer(Containers.File("srv/a", "new"), Containers.File("srv/.wh..wh..opq", ""), Containers.File("etc/new", "n"), Containers.File("etc/.wh.new", ""));
        using var workload = Open(folder, "oci:" + Containers.Layout(folder, [s_base, layer]));
        Assert.Equal("new", Text(((TreeNode.File)workload.Tree["srv/a"]!).Content));
        Assert.Null(workload.Tree["srv/b"]);
        Assert.NotNull(workload.Tree["etc/new"]);
    }

    [Fact]
    public void Blobs_that_are_not_their_digest_are_refused()
    {
        using var folder = new TempFolder();
        var layout = Containers.Layout(folder, [s_base]);
        foreach (var blob in Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256")))
        {
            var bytes = File.ReadAllBytes(blob);
            var altered = bytes.ToArray();
            altered[^1] ^= 1;
            File.WriteAllBytes(blob, altered);
            Assert.Throws<OciFormatException>(() => Open(folder, "oci:" + layout));
            File.WriteAllBytes(blob, bytes);
        }

        Open(folder, "oci:" + layout).Dispose();
    }

    [Fact]
    public void A_saved_layer_that_is_not_its_diff_id_is_refused()
    {
        using var folder = new TempFolder();
        var path = Containers.Saved(folder, [s_base]);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("#!server"u8)] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<OciFormatException>(() => Open(folder, path));
    }

    [Fact]
    public void Layers_compressed_with_zstd_are_refused_in_words()
    {
        using var folder = new TempFolder();
        var layout = Containers.Layout(folder, [[0x28, 0xb5, 0x2f, 0xfd, 0, 0]], gzip: false, mediaType: "application/vnd.oci.image.layer.v1.tar+zstd");
        Assert.Contains("zstd", Assert.Throws<OciFormatException>(() => Open(folder, "oci:" + layout)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_unpacks_to_more_than_gzip_can_is_refused_before_it_fills_the_disk()
    {
        // The digest is only known at the end; the bound holds while reading.
        using var stream = new HashingStream(new MemoryStream(new byte[100]), 99, "layer", static _ => { });
        Assert.Throws<OciFormatException>(() => stream.Drain());
    }

    [Fact]
    public void A_program_that_is_not_there_is_refused()
    {
        using var folder = new TempFolder();
        var layout = Containers.Layout(folder, [s_base], """{"Entrypoint":["missing"]}""");
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => Open(folder, "oci:" + layout)).Code);
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => Open(folder, folder.Combine("nowhere"))).Code);
    }

    [Fact]
    public void An_image_for_another_processor_is_not_taken()
    {
        using var folder = new TempFolder();
        var layout = Containers.Layout(folder, [s_base]);
        Assert.Throws<OciFormatException>(() => Workload.Open("oci:" + layout, ImageArchitecture.Arm64, null, folder.Root));
    }

    [Fact]
    public void No_mutation_crashes_the_layer_reader() => Fuzz.Run(45, [s_base, s_second, Containers.Gzip(s_base)], bytes =>
    {
        using var folder = new TempFolder();
        using var spool = new Spool(folder.Root);
        try
        {
            LayerReader.Apply(new ContainerLayer("layer", ImageContent.FromBytes(bytes), null), Digest.Sha256(bytes), new FileTree(), spool);
        }
        catch (OciFormatException)
        {
        }
    });

    [Fact]
    public void No_mutation_crashes_the_readers_of_configuration_and_archive()
    {
        using var folder = new TempFolder();
        var saved = File.ReadAllBytes(Containers.Saved(folder, [s_second]));
        Fuzz.Run(46, [Encoding.UTF8.GetBytes(Containers.Configuration([s_base]))], bytes =>
        {
            try
            {
                _ = ContainerConfiguration.Parse(bytes);
            }
            catch (OciFormatException)
            {
            }
        });
        Fuzz.Run(47, [saved], bytes =>
        {
            try
            {
                using var archive = DockerArchive.Open(folder.Write("mutated.tar", bytes));
                _ = archive.Select(ImageArchitecture.X64);
            }
            catch (OciFormatException)
            {
            }
        });
    }

    static void Check(Workload workload)
    {
        Assert.Equal(["bin", "etc", "etc/kept", "etc/new", "srv", "srv/c", "tmp", "usr", "usr/bin", "usr/bin/again", "usr/bin/server", "usr/bin/tool"], workload.Tree.Entries.Select(entry => entry.Key).Union(["tmp"]).Order(StringComparer.Ordinal));
        Assert.Same(workload.Tree["usr/bin/server"], workload.Tree["usr/bin/again"]);
        Assert.Equal("through a link", Text(((TreeNode.File)workload.Tree["usr/bin/tool"]!).Content));
        Assert.Equal(["/bin/server", "--port", "8080"], workload.Arguments);
        Assert.Equal(["PATH=/bin:/usr/bin", "A=1"], workload.Environment);
        Assert.Equal("/srv", workload.Directory);
    }

    static Workload Open(TempFolder folder, string from, WorkloadSpecification? specification = null) => Workload.Open(from, ImageArchitecture.X64, specification, folder.Root);

    static TarEntry Raw(string name) => Containers.File(name, "x");

    // The runtime does not write such a key, so that it is put in afterwards; no checksum covers it.
    static byte[] Renamed(string from, string to)
    {
        var archive = Containers.Layer(new PaxTarEntry(TarEntryType.RegularFile, "a", [new KeyValuePair<string, string>(from, "5")]));
        Encoding.ASCII.GetBytes(to).CopyTo(archive, archive.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from)));
        return archive;
    }

    static byte[] Undecodable()
    {
        var archive = Containers.Layer(Raw("etc/undecodable"));
        archive[archive.AsSpan().IndexOf("path=etc/undecodable"u8) + "path=etc/".Length] = 0xff;
        return archive;
    }

    // The header of extended attributes that .NET writes first, with another size and the checksum that goes with it.
    static byte[] Attributes(int size)
    {
        var archive = Containers.Layer(Containers.File("a", "x"));
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0') + "\0").CopyTo(archive, 124);
        "        "u8.CopyTo(archive.AsSpan(148));
        Encoding.ASCII.GetBytes(Convert.ToString(archive.Take(512).Sum(octet => octet), 8).PadLeft(6, '0') + "\0 ").CopyTo(archive, 148);
        return archive;
    }

    static string Text(ImageContent content) => Encoding.UTF8.GetString(content.ToArray(100000));
}
