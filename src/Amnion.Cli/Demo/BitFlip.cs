using System.Buffers.Binary;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;

namespace Amnion.Cli.Demo;

/// <summary>Changes one bit of a copied file: what the demo's hostile host does.</summary>
static class BitFlip
{
    /// <summary>The demo's image has some 60 MB.</summary>
    const int MaxRamdiskLength = 512 * 1024 * 1024;

    /// <summary>Flips the lowest bit of the byte at <paramref name="offset"/>; negative counts from the end.</summary>
    public static void InFile(string path, long offset)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (File.GetUnixFileMode(path) & UnixFileMode.UserExecute));
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset < 0 ? file.Length + offset : offset;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 1));
    }

    /// <summary>
    /// A byte of an ELF program that says where it was built and does nothing: the descriptor of its build-id note. A program with
    /// one bit of it changed runs as before, and is another program.
    /// </summary>
    /// <exception cref="InvalidDataException">Not a 64-bit little-endian ELF file, or without a build id.</exception>
    public static long HarmlessOffset(string path) => HarmlessOffset(File.ReadAllBytes(path));

    /// <summary>Writes <paramref name="source"/> with one harmless bit of a program inside changed and the checksum made right, as a hostile builder would.</summary>
    /// <param name="source">An enclave image.</param>
    /// <param name="target">The changed one.</param>
    /// <param name="program">The program's path in the image.</param>
    /// <exception cref="InvalidDataException">The image has no such program.</exception>
    public static void InImage(string source, string target, string program)
    {
        var image = EifImage.Open(source);
        var ramdisk = image.Ramdisks[^1].ToArray(MaxRamdiskLength);
        var entry = CpioReader.Read(ImageContent.FromBytes(ramdisk)).FirstOrDefault(entry => entry.Path == program) ?? throw new InvalidDataException($"the image has no \"{program}\"");
        var elf = entry.Content.ToArray(MaxRamdiskLength);
        var at = ramdisk.AsSpan((int)entry.Offset).IndexOf(elf) + (int)entry.Offset + (int)HarmlessOffset(elf);
        ramdisk[at] ^= 1;
        using var file = new FileStream(target, FileMode.CreateNew, FileAccess.ReadWrite);
        EifWriter.Write(file, image.Architecture, [.. image.Sections.Select(section => EifPart.Of(section.Type, section == image.Sections.Last(other => other.Type == EifSectionType.Ramdisk) ? ImageContent.FromBytes(ramdisk) : section.Content))]);
    }

    static long HarmlessOffset(ReadOnlySpan<byte> elf)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        // System V ABI, program header table: a PT_NOTE segment (4) holding a note of type NT_GNU_BUILD_ID (3).
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x20..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x36..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x38..]);
        for (var i = 0; i < count; i++)
        {
            var header = elf.Slice(table + (i * size), size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 4)
            {
                continue;
            }

            var start = (int)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            var end = start + (int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]);
            for (var note = start; note + 12 <= end;)
            {
                var name = BinaryPrimitives.ReadInt32LittleEndian(elf[note..]);
                var descriptor = BinaryPrimitives.ReadInt32LittleEndian(elf[(note + 4)..]);
                var type = BinaryPrimitives.ReadInt32LittleEndian(elf[(note + 8)..]);
                var content = note + 12 + ((name + 3) & ~3);
                if (type == 3 && elf.Slice(note + 12, 3).SequenceEqual("GNU"u8))
                {
                    return content;
                }

                note = content + ((descriptor + 3) & ~3);
            }
        }

        throw new InvalidDataException("the program has no build id");
    }
}
