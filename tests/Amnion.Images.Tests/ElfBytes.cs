using System.Buffers.Binary;
using System.Text;

namespace Amnion.Images.Tests;

/// <summary>The smallest 64-bit ELF files that have an interpreter and name libraries.</summary>
static class ElfBytes
{
    public static byte[] Dynamic(int machine, string? interpreter, params string[] needed)
    {
        var strings = "\0" + string.Concat(needed.Select(name => name + "\0"));
        var interp = interpreter is null ? [] : Encoding.ASCII.GetBytes(interpreter + "\0");
        var headers = interpreter is null ? 2 : 3;
        var dynamicAt = 64 + (headers * 56);
        var dynamicLength = 16 * (needed.Length + 2);
        var stringsAt = dynamicAt + dynamicLength;
        var interpAt = stringsAt + strings.Length;
        var file = new byte[interpAt + interp.Length];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), (ushort)machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)headers);
        Header(file, 0, 1, 0, file.Length);
        Header(file, 1, 2, dynamicAt, dynamicLength);
        if (interpreter is not null)
        {
            Header(file, 2, 3, interpAt, interp.Length);
        }

        var at = dynamicAt;
        var name = 1;
        foreach (var library in needed)
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), 1);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at + 8), name);
            at += 16;
            name += library.Length + 1;
        }

        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), 5);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at + 8), stringsAt);
        Encoding.ASCII.GetBytes(strings).CopyTo(file, stringsAt);
        interp.CopyTo(file, interpAt);
        return file;
    }

    /// <summary>A relocatable object of one empty section.</summary>
    public static byte[] Relocatable(int machine)
    {
        var file = new byte[64 + 64];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), (ushort)machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(60), 1);
        return file;
    }

    static void Header(byte[] file, int index, uint type, int offset, int length)
    {
        var header = file.AsSpan(64 + (index * 56), 56);
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)length);
    }
}
