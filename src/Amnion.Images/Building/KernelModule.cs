using System.Buffers.Binary;
using Amnion.Images.Content;

namespace Amnion.Images.Building;

/// <summary>The security module's driver as a kernel module: kernels that AWS ships do not have it built in.</summary>
static class KernelModule
{
    /// <summary>More than any driver of one small device has, debugging information included.</summary>
    const int MaxLength = 16 * 1024 * 1024;

    const int HeaderLength = 64;
    const int SectionHeaderLength = 64;
    const int Relocatable = 1;

    /// <summary>Checks what can be known without the kernel: a 64-bit relocatable object of the image's processor. System V ABI, "ELF Header".</summary>
    /// <exception cref="ImageException">It is none.</exception>
    public static ImageContent Check(ImageContent module, ImageArchitecture architecture)
    {
        var file = module.ToArray(MaxLength).AsSpan();
        if (file.Length < HeaderLength || !file.StartsWith("\u007fELF"u8) || file[4] != 2 || file[5] != 1)
        {
            throw Unfit("is no 64-bit ELF file; a compressed one (.ko.xz, .ko.zst) must be unpacked first");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(file[16..]) is var type && type != Relocatable)
        {
            throw Unfit($"is an ELF file of type {type}; expected {Relocatable}, a relocatable object");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(file[18..]) != (architecture == ImageArchitecture.Arm64 ? ElfFile.MachineArm64 : ElfFile.MachineX64))
        {
            throw Unfit("is for another processor than the image");
        }

        var table = BinaryPrimitives.ReadUInt64LittleEndian(file[40..]);
        var length = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(file[60..]) * SectionHeaderLength;
        return length > 0 && BinaryPrimitives.ReadUInt16LittleEndian(file[58..]) == SectionHeaderLength && table <= (ulong)file.Length && length <= (ulong)file.Length - table
            ? module
            : throw Unfit("has no section header table inside the file");
    }

    static ImageException Unfit(string problem) => new(ImageCodes.InputUnfit, $"The kernel module {problem}.");
}
