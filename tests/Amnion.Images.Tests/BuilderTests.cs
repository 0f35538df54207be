using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Images.Building;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;
using Amnion.Images.Signing;
using Amnion.Records;

namespace Amnion.Images.Tests;

public sealed class BuilderTests
{
    [Fact]
    public void The_same_inputs_give_the_same_bytes_in_two_folders()
    {
        using var first = new TempFolder();
        using var second = new TempFolder();
        var a = first.Combine("a.eif");
        var b = second.Combine("another", "name.eif");
        Directory.CreateDirectory(Path.GetDirectoryName(b)!);
        ImageBuilder.Build(TestBuild.Request(first), a);
        var request = TestBuild.Request(second);
        foreach (var file in Directory.EnumerateFiles(second.Root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        ImageBuilder.Build(request, b);
        foreach (var ending in (string[])["", ".inputs.json", ".spdx.json"])
        {
            Assert.Equal(File.ReadAllBytes(a + ending), File.ReadAllBytes(b + ending));
        }
    }

    [Fact]
    public void The_image_holds_what_the_layout_says()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("image.eif");
        var inputs = ImageBuilder.Build(TestBuild.Request(folder), path);
        var items = ImageContents.List(EifImage.Open(path));
        var bootstrap = items.Where(item => item.Section == ImageContents.Bootstrap).ToList();
        Assert.Equal(["app", "dev", "dev/console", "etc", "init", "lib", "proc", "run", "sys", "tmp"], bootstrap.Select(item => item.Path));
        Assert.Equal((CpioKind.CharacterDevice, 0x180), (bootstrap[2].Kind, bootstrap[2].Permissions));
        Assert.Equal(0x1ed, bootstrap[4].Permissions);
        var application = items.Where(item => item.Section == ImageContents.Application).Select(item => item.Path!).ToList();
        foreach (var expected in (string[])["app/amnion-enclave", "app/lib/libggml-cpu-haswell.so", "etc/amnion/cmdline", "etc/amnion/filter.bpf", "etc/amnion/image.json", "lib/libc.so.6", "lib/libcrypto.so.3", "lib64/ld-linux-x86-64.so.2"])
        {
            Assert.Contains(expected, application);
        }

        // No shell, no login, nothing writable that is not a mount point.
        Assert.DoesNotContain(application, name => name.StartsWith("bin", StringComparison.Ordinal) || name.Contains("passwd", StringComparison.Ordinal) || name.Contains("alderlake", StringComparison.Ordinal));
        var configuration = items.Single(item => item.Path == "etc/amnion/image.json").Content.ToArray(20000);
        Assert.Equal(512, ImageConfiguration.Parse(configuration).Context);
        Assert.Equal(inputs.Registers, EifImage.Open(path).Measure().Registers);
        Assert.Equal([folder.Combine("image.eif"), folder.Combine("image.eif.inputs.json"), folder.Combine("image.eif.spdx.json"), folder.Combine("init"), folder.Combine("kernel")], Directory.EnumerateFiles(folder.Root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_list_of_inputs_names_every_file_and_reads_back()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("image.eif");
        var built = ImageBuilder.Build(TestBuild.Request(folder), path);
        var read = ImageInputs.Parse(File.ReadAllBytes(ImageInputs.PathFor(path)));
        Assert.Equal(built.Inputs, read.Inputs);
        Assert.Equal(built.Registers, read.Registers);
        Assert.Equal(Digest.Sha384(File.ReadAllBytes(path)), read.Sha384);
        var files = ImageContents.List(EifImage.Open(path)).Where(item => item.Kind == CpioKind.File && item.Section != ImageContents.Metadata).Select(item => (item.Section, item.Path ?? item.Section, item.Sha384));
        Assert.Equal(files.Order(), read.Inputs.Where(input => input.Section != ImageInput.Build).Select(input => (input.Section, input.Path, input.Sha384)).Order());
        Assert.DoesNotContain(folder.Root, File.ReadAllText(ImageInputs.PathFor(path)), StringComparison.Ordinal);
        if (File.Exists("/var/lib/dpkg/status"))
        {
            Assert.StartsWith("libc6", read.Inputs.Single(input => input.Path == "lib/libc.so.6").Package!.Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_bill_of_materials_is_SPDX()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("image.eif");
        ImageBuilder.Build(TestBuild.Request(folder), path);
        using var document = JsonDocument.Parse(File.ReadAllBytes(path + ".spdx.json"));
        var root = document.RootElement;
        Assert.Equal("SPDX-2.3", root.GetProperty("spdxVersion").GetString());
        Assert.Equal("1970-01-01T00:00:00Z", root.GetProperty("creationInfo").GetProperty("created").GetString());
        var identifiers = root.GetProperty("packages").EnumerateArray().Select(package => package.GetProperty("SPDXID").GetString()!).ToList();
        Assert.Equal(identifiers.Count, identifiers.Distinct().Count());
        Assert.All(identifiers, identifier => Assert.Matches("^SPDXRef-[a-zA-Z0-9.-]+$", identifier));
        Assert.Equal(identifiers.Skip(1).Order(StringComparer.Ordinal), root.GetProperty("relationships").EnumerateArray().Skip(1).Select(relation => relation.GetProperty("relatedSpdxElement").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Changing_one_input_changes_its_registers_only()
    {
        using var folder = new TempFolder();
        var before = ImageBuilder.Build(TestBuild.Request(folder), folder.Combine("a.eif")).Registers;
        var otherContext = ImageBuilder.Build(TestBuild.Request(folder, TestBuild.Specification.Replace("512", "1024", StringComparison.Ordinal)), folder.Combine("b.eif")).Registers;
        Assert.Equal((before.Bootstrap, true, true), (otherContext.Bootstrap, before.Application != otherContext.Application, before.Image != otherContext.Image));
        var otherInit = ImageBuilder.Build(TestBuild.Request(folder) with { Init = ImageContent.FromBytes("another"u8.ToArray()) }, folder.Combine("c.eif")).Registers;
        Assert.Equal((before.Application, true, true), (otherInit.Application, before.Bootstrap != otherInit.Bootstrap, before.Image != otherInit.Image));
        var otherTime = ImageBuilder.Build(TestBuild.Request(folder) with { Created = DateTimeOffset.FromUnixTimeSeconds(1800000000) }, folder.Combine("d.eif")).Registers;
        Assert.Equal(before, otherTime);
    }

    [Fact]
    public void What_must_be_trusted_is_listed_with_its_size()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("image.eif");
        ImageBuilder.Build(TestBuild.Request(folder), path);
        var items = ImageContents.List(EifImage.Open(path));
        var parts = TrustPart.List(items, new Dictionary<string, long> { ["ours"] = 1234 });
        Assert.Equal(["kernel", "libc", "openssl", "c++ runtime", "engine", "ours", "configuration"], parts.Select(part => part.Name).Where(name => name != "libraries"));
        Assert.Equal(1234, parts.Single(part => part.Name == "ours").Lines);
        Assert.Equal(items.Where(item => item.Section is not ImageContents.Metadata && item.Kind == CpioKind.File).Sum(item => item.Length), parts.Sum(part => part.Bytes));
    }

    [Fact]
    public void An_image_for_another_processor_needs_its_own_program()
    {
        using var folder = new TempFolder();
        var exception = Assert.Throws<ImageException>(() => ImageBuilder.Build(TestBuild.Request(folder, "name: a\narchitecture: aarch64\n"), folder.Combine("a.eif")));
        Assert.Equal(ImageCodes.InputUnfit, exception.Code);
        Assert.False(File.Exists(folder.Combine("a.eif")));
    }

    [Fact]
    public void An_image_for_aarch64_has_its_flag_and_its_loader()
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder, "name: a\narchitecture: aarch64\n");
        // Headers of a dynamic and of a few shared AArch64 files are enough for the build.
        File.WriteAllBytes(Path.Combine(request.Runtime, "amnion-enclave"), ElfBytes.Dynamic(ElfFile.MachineArm64, "/lib/ld-linux-aarch64.so.1", "libc.so.6"));
        foreach (var library in (string[])["libc.so.6", "ld-linux-aarch64.so.1", "libssl.so.3", "libcrypto.so.3"])
        {
            folder.Write($"root/usr/lib/aarch64-linux-gnu/{library}", ElfBytes.Dynamic(ElfFile.MachineArm64, null));
        }

        var path = folder.Combine("a.eif");
        ImageBuilder.Build(request with { LibraryRoots = [folder.Combine("root")] }, path);
        var image = EifImage.Open(path);
        Assert.Equal(ImageArchitecture.Arm64, image.Architecture);
        Assert.DoesNotContain("i8042", image.CommandLine, StringComparison.Ordinal);
        var items = ImageContents.List(image);
        Assert.Contains(items, item => item.Path == "lib/ld-linux-aarch64.so.1");
        Assert.Equal("aarch64", ImageConfiguration.Parse(items.Single(item => item.Path == "etc/amnion/image.json").Content.ToArray(20000)).Architecture);
    }

    [Fact]
    public void A_link_in_the_program_is_refused()
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder);
        File.CreateSymbolicLink(Path.Combine(request.Runtime, "x"), "/etc/passwd");
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => ImageBuilder.Build(request, folder.Combine("a.eif"))).Code);
    }

    // Registers hash one section after the other without their lengths: where the kernel ends and the command line begins is in none of them.
    [Fact]
    public void A_command_line_that_lost_its_beginning_to_the_kernel_is_refused_although_no_register_differs()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("a.eif");
        ImageBuilder.Build(TestBuild.Request(folder, TestBuild.Specification + "kernel:\n  command_line: mitigations=auto panic=1 console=ttyS0\n"), path);
        var image = EifImage.Open(path);
        foreach (var moved in (int[])[1, "mitigations=auto ".Length, image.CommandLine.Length])
        {
            var shifted = Images.Read(Images.Build([.. image.Sections.Select(section => Images.Part(section.Type, section.Type switch
            {
                EifSectionType.Kernel => [.. section.Content.ToArray(1000), .. Encoding.ASCII.GetBytes(image.CommandLine[..moved])],
                EifSectionType.CommandLine => Encoding.ASCII.GetBytes(image.CommandLine[moved..]),
                _ => section.Content.ToArray(1 << 28),
            }))]));
            Assert.Equal(image.Measure().Registers, shifted.Measure().Registers);
            Assert.Equal(ImageCodes.CommandLine, Assert.Single(Verify(shifted), check => check.Rejects).Code);
        }

        Assert.DoesNotContain(Verify(image), check => check.Rejects);
        Assert.Contains(Verify(image), check => check.Code == ImageCodes.CommandLine);
    }

    [Fact]
    public void A_command_line_that_took_the_beginning_of_a_ramdisk_is_refused_too()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("a.eif");
        ImageBuilder.Build(TestBuild.Request(folder), path);
        var image = EifImage.Open(path);
        var bootstrap = image.Ramdisks[0].ToArray(1 << 20);
        var ramdisk = 0;
        var shifted = Images.Read(Images.Build([.. image.Sections.Select(section => Images.Part(section.Type, section.Type switch
        {
            EifSectionType.CommandLine => [.. Encoding.ASCII.GetBytes(image.CommandLine), .. bootstrap[..6]],
            EifSectionType.Ramdisk when ramdisk++ == 0 => bootstrap[6..],
            _ => section.Content.ToArray(1 << 28),
        }))]));
        Assert.Equal(image.Measure().Registers, shifted.Measure().Registers);
        Assert.Equal(ImageCodes.CommandLine, Assert.Single(Verify(shifted), check => check.Rejects).Code);
    }

    // Two ramdisks that follow each other in memory are one to the kernel and to the registers.
    [Fact]
    public void A_ramdisk_that_was_cut_in_two_is_said_to_be_unreadable()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("a.eif");
        ImageBuilder.Build(TestBuild.Request(folder), path);
        var image = EifImage.Open(path);
        var application = image.Ramdisks[1].ToArray(1 << 28);
        var cut = Images.Read(Images.Build([.. image.Sections[..4].Select(section => Images.Part(section.Type, section.Content.ToArray(1 << 28))), Images.Part(EifSectionType.Ramdisk, application.AsSpan(0, 1000)), Images.Part(EifSectionType.Ramdisk, application.AsSpan(1000))]));
        Assert.Equal(image.Measure().Registers, cut.Measure().Registers);
        Assert.Equal(CheckOutcome.Skip, Verify(cut).Single(check => check.Code == ImageCodes.CommandLine).Outcome);
    }

    [Theory]
    [InlineData("console=ttyS0 né")]
    [InlineData(" console=ttyS0")]
    [InlineData("console=ttyS0 ")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void A_command_line_that_a_kernel_would_not_give_back_is_refused(string text)
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder) with { CommandLine = text };
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => ImageBuilder.Build(request, folder.Combine("a.eif"))).Code);
        var tooLong = request with { CommandLine = new string('a', 2048) };
        Assert.Equal(ImageCodes.InputUnfit, Assert.Throws<ImageException>(() => ImageBuilder.Build(tooLong, folder.Combine("a.eif"))).Code);
    }

    [Fact]
    public void A_library_outside_the_named_root_is_not_taken()
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder, "name: a\narchitecture: aarch64\n");
        File.WriteAllBytes(Path.Combine(request.Runtime, "amnion-enclave"), ElfBytes.Dynamic(ElfFile.MachineArm64, "/lib/ld-linux-aarch64.so.1", "libc.so.6"));
        foreach (var library in (string[])["ld-linux-aarch64.so.1", "libssl.so.3", "libcrypto.so.3"])
        {
            folder.Write($"root/usr/lib/aarch64-linux-gnu/{library}", ElfBytes.Dynamic(ElfFile.MachineArm64, null));
        }

        // One link leads up and out, the other to a link that leads out: both are another system's file.
        folder.Write("outside/libc.so.6", ElfBytes.Dynamic(ElfFile.MachineArm64, null));
        var link = folder.Combine("root/usr/lib/aarch64-linux-gnu/libc.so.6");
        foreach (var target in (string[])["../../../../outside/libc.so.6", "second"])
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, target);
            File.Delete(folder.Combine("root/usr/lib/aarch64-linux-gnu/second"));
            File.CreateSymbolicLink(folder.Combine("root/usr/lib/aarch64-linux-gnu/second"), folder.Combine("outside/libc.so.6"));
            var exception = Assert.Throws<ImageException>(() => ImageBuilder.Build(request with { LibraryRoots = [folder.Combine("root")] }, folder.Combine("a.eif")));
            Assert.Equal(ImageCodes.LibraryMissing, exception.Code);
        }

        // A chain of links inside is fine.
        folder.Write("root/usr/lib/aarch64-linux-gnu/libc-2.so", ElfBytes.Dynamic(ElfFile.MachineArm64, null));
        File.Delete(folder.Combine("root/usr/lib/aarch64-linux-gnu/second"));
        File.CreateSymbolicLink(folder.Combine("root/usr/lib/aarch64-linux-gnu/second"), "../aarch64-linux-gnu/libc-2.so");
        ImageBuilder.Build(request with { LibraryRoots = [folder.Combine("root")] }, folder.Combine("a.eif"));
    }

    static System.Collections.Immutable.ImmutableArray<AttestationCheck> Verify(EifImage image) =>
        ImageVerifier.Verify(image, image.Measure(), DateTimeOffset.UnixEpoch, new Dictionary<int, System.Collections.Immutable.ImmutableArray<Digest>>(), requireSignature: false);
}
