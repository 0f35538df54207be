using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Amnion.Images.Building;

/// <summary>What the loader needs to know of a 64-bit little-endian ELF file: its interpreter and the libraries it names. System V ABI, "Dynamic Linking".</summary>
/// <param name="Interpreter">PT_INTERP, for example "/lib64/ld-linux-x86-64.so.2"; null in a library.</param>
/// <param name="Needed">DT_NEEDED entries in order.</param>
/// <param name="Machine">e_machine: 62 is x86-64, 183 AArch64.</param>
public sealed record ElfFile(string? Interpreter, ImmutableArray<string> Needed, int Machine)
{
    /// <summary>EM_X86_64.</summary>
    public const int MachineX64 = 62;

    /// <summary>EM_AARCH64.</summary>
    public const int MachineArm64 = 183;

    const int HeaderLength = 64;
    const int ProgramHeaderLength = 56;
    const int MaxProgramHeaders = 256;
    const int MaxNeeded = 256;
    const int MaxNameLength = 256;
    const uint Load = 1;
    const uint Dynamic = 2;
    const uint Interp = 3;
    const long TagNull = 0;
    const long TagNeeded = 1;
    const long TagStringTable = 5;

    /// <summary>Reads a file's headers; null where the bytes are no such ELF file. Every offset is checked against the file.</summary>
    /// <exception cref="ElfFormatException">It begins like one and then contradicts itself.</exception>
    public static ElfFile? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength || !file.StartsWith("\u007fELF"u8) || file[4] != 2 || file[5] != 1)
        {
            return null;
        }

        var table = BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        var entryLength = BinaryPrimitives.ReadUInt16LittleEndian(file[54..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        if (count > MaxProgramHeaders || (count > 0 && entryLength != ProgramHeaderLength))
        {
            throw Malformed("program header table");
        }

        var headers = Slice(file, table, (ulong)count * ProgramHeaderLength, "program header table");
        string? interpreter = null;
        ImmutableArray<string> needed = [];
        for (var i = 0; i < count; i++)
        {
            var header = headers.Slice(i * ProgramHeaderLength, ProgramHeaderLength);
            var type = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (type == Interp)
            {
                interpreter = Name(Slice(file, Offset(header), Size(header), "PT_INTERP"), 0);
            }
            else if (type == Dynamic)
            {
                needed = ReadNeeded(file, headers, Slice(file, Offset(header), Size(header), "PT_DYNAMIC"));
            }
        }

        return new ElfFile(interpreter, needed, BinaryPrimitives.ReadUInt16LittleEndian(file[18..]));
    }

    static ImmutableArray<string> ReadNeeded(ReadOnlySpan<byte> file, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> dynamic)
    {
        var names = new List<ulong>();
        ulong? strings = null;
        for (var at = 0; at + 16 <= dynamic.Length; at += 16)
        {
            var tag = BinaryPrimitives.ReadInt64LittleEndian(dynamic[at..]);
            var value = BinaryPrimitives.ReadUInt64LittleEndian(dynamic[(at + 8)..]);
            if (tag == TagNull)
            {
                break;
            }

            if (tag == TagNeeded)
            {
                names.Add(value);
            }
            else if (tag == TagStringTable)
            {
                strings = FileOffset(headers, value);
            }
        }

        if (names.Count == 0)
        {
            return [];
        }

        if (strings is not { } start || start >= (ulong)file.Length || names.Count > MaxNeeded)
        {
            throw Malformed("DT_STRTAB");
        }

        var texts = file[(int)start..];
        var result = ImmutableArray.CreateBuilder<string>(names.Count);
        foreach (var name in names)
        {
            result.Add(name < (ulong)texts.Length ? Name(texts, (int)name) : throw Malformed("DT_NEEDED"));
        }

        return result.ToImmutable();
    }

    // DT_STRTAB is an address in memory; the loadable segment that holds it says where that is in the file.
    static ulong? FileOffset(ReadOnlySpan<byte> headers, ulong address)
    {
        for (var at = 0; at < headers.Length; at += ProgramHeaderLength)
        {
            var header = headers.Slice(at, ProgramHeaderLength);
            var virtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == Load && address >= virtualAddress && address - virtualAddress < Size(header))
            {
                return unchecked(Offset(header) + (address - virtualAddress));
            }
        }

        return null;
    }

    static ulong Offset(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);

    static ulong Size(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);

    static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> file, ulong offset, ulong length, string field) =>
        offset <= (ulong)file.Length && length <= (ulong)file.Length - offset ? file.Slice((int)offset, (int)length) : throw Malformed(field);

    static string Name(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        var end = rest[..Math.Min(rest.Length, MaxNameLength)].IndexOf((byte)0);
        return end > 0 && !rest[..end].ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) ? Encoding.ASCII.GetString(rest[..end]) : throw Malformed("name");
    }

    static ElfFormatException Malformed(string field) => new(field, "points outside the file or is no text");
}
