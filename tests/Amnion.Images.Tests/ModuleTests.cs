using Amnion.Images.Building;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;
using Amnion.Images.Explaining;

namespace Amnion.Images.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void A_kernel_module_is_in_the_first_ramdisk_and_in_registers_0_and_1()
    {
        using var folder = new TempFolder();
        var before = ImageBuilder.Build(TestBuild.Request(folder), folder.Combine("a.eif")).Registers;
        var request = TestBuild.Request(folder) with { Module = ImageContent.FromBytes(ElfBytes.Relocatable(ElfFile.MachineX64)) };
        var built = ImageBuilder.Build(request, folder.Combine("b.eif"));
        Assert.NotEqual(before.Image, built.Registers.Image);
        Assert.NotEqual(before.Bootstrap, built.Registers.Bootstrap);
        Assert.Equal(before.Application, built.Registers.Application);
        var item = Assert.Single(ImageContents.List(EifImage.Open(folder.Combine("b.eif"))), item => item.Path == "nsm.ko");
        Assert.Equal((ImageContents.Bootstrap, CpioKind.File, 0x1a4), (item.Section, item.Kind, item.Permissions));
        Assert.Equal(item.Sha384, Assert.Single(built.Inputs, input => input.Path == "nsm.ko").Sha384);
        Assert.Contains("\"name\": \"nsm.ko\"", File.ReadAllText(folder.Combine("b.eif.spdx.json")), StringComparison.Ordinal);
        Assert.Equal("kernel", TrustPart.NameOf(item.Section, item.Path!));
    }

    [Fact]
    public void An_image_with_a_kernel_module_has_the_same_bytes_twice()
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder) with { Module = ImageContent.FromBytes(ElfBytes.Relocatable(ElfFile.MachineX64)) };
        ImageBuilder.Build(request, folder.Combine("a.eif"));
        ImageBuilder.Build(request, folder.Combine("b.eif"));
        foreach (var ending in (string[])["", ".inputs.json", ".spdx.json"])
        {
            Assert.Equal(File.ReadAllBytes(folder.Combine("a.eif" + ending)), File.ReadAllBytes(folder.Combine("b.eif" + ending)));
        }
    }

    [Fact]
    public void What_is_no_kernel_module_for_the_processor_is_refused()
    {
        var module = ElfBytes.Relocatable(ElfFile.MachineX64);
        byte[] Altered(int at, byte value)
        {
            var copy = (byte[])module.Clone();
            copy[at] = value;
            return copy;
        }

        Refused([], "no 64-bit ELF");
        Refused("\ufffd7zXZ\0 compressed, and long enough to have a header, were it an object"u8.ToArray(), "must be unpacked");
        Refused(ElfBytes.Relocatable(ElfFile.MachineArm64), "another processor");
        Refused(ElfBytes.Dynamic(ElfFile.MachineX64, null), "relocatable");
        Refused(Altered(4, 1), "no 64-bit ELF");
        Refused(Altered(5, 2), "no 64-bit ELF");
        Refused(Altered(16, 2), "relocatable");
        Refused(Altered(47, 0xff), "section header table");
        Refused(Altered(60, 2), "section header table");
        Refused(Altered(60, 0), "section header table");
        Refused(module[..100], "section header table");
        Refused(new byte[(16 * 1024 * 1024) + 1], "longer");
    }

    static void Refused(byte[] module, string problem)
    {
        using var folder = new TempFolder();
        var request = TestBuild.Request(folder) with { Module = ImageContent.FromBytes(module) };
        var exception = Assert.Throws<ImageException>(() => ImageBuilder.Build(request, folder.Combine("a.eif")));
        Assert.Equal(ImageCodes.InputUnfit, exception.Code);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Combine("a.eif")));
    }
}
