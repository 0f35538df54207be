using System.Buffers.Binary;

namespace Amnion.Cli.Demo;

/// <summary>Changes one bit of a copied file: what the demo's hostile host does.</summary>
static class BitFlip
{
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
    public static long HarmlessOffset(string path)
    {
        var elf = File.ReadAllBytes(path);
        if (elf.Length < 64 || !elf.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        // System V ABI, program header table: a PT_NOTE segment (4) holding a note of type NT_GNU_BUILD_ID (3).
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(0x20));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x36));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x38));
        for (var i = 0; i < count; i++)
        {
            var header = elf.AsSpan(table + (i * size), size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 4)
            {
                continue;
            }

            var start = (int)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            var end = start + (int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]);
            for (var note = start; note + 12 <= end;)
            {
                var name = BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(note));
                var descriptor = BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(note + 4));
                var type = BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(note + 8));
                var content = note + 12 + ((name + 3) & ~3);
                if (type == 3 && elf.AsSpan(note + 12, 3).SequenceEqual("GNU"u8))
                {
                    return content;
                }

                note = content + ((descriptor + 3) & ~3);
            }
        }

        throw new InvalidDataException("the program has no build id");
    }
}
