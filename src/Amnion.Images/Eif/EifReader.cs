using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Amnion.Images.Content;

namespace Amnion.Images.Eif;

/// <summary>Reads the headers of an EIF file strictly: nothing overlaps, nothing is left over, nothing is said twice in two ways.</summary>
static class EifReader
{
    public static EifImage Read(ImageContent file)
    {
        if (file.Length < EifFormat.HeaderLength)
        {
            throw new EifFormatException(0, "header", Text($"the file has {file.Length} bytes; expected at least {EifFormat.HeaderLength}"));
        }

        using var stream = file.OpenRead();
        var header = new byte[EifFormat.HeaderLength];
        stream.ReadExactly(header);
        var (architecture, count) = ReadFixed(header);
        var sections = ReadSections(file, stream, header, count);
        CheckOrder(sections);
        CheckCommandLine(sections);
        return new EifImage(file, header, architecture, sections, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(EifFormat.ChecksumAt)));
    }

    static (ImageArchitecture Architecture, int Count) ReadFixed(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith(EifFormat.Magic))
        {
            throw new EifFormatException(0, "magic", "not \".eif\"");
        }

        var version = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        if (version != EifFormat.Version)
        {
            throw new EifFormatException(4, "version", Text($"is {version}; expected {EifFormat.Version}"));
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.FlagsAt..]);
        if ((flags & ~EifFormat.Arm64Flag) != 0)
        {
            throw new EifFormatException(EifFormat.FlagsAt, "flags", Text($"is 0x{flags:x4}; only bit 0 (AArch64) is defined"));
        }

        Zero(header, EifFormat.ReservedAt, 2, "reserved");
        Zero(header, EifFormat.UnusedAt, 4, "unused");
        var count = BinaryPrimitives.ReadUInt16BigEndian(header[EifFormat.CountAt..]);
        if (count is < 2 or > EifFormat.MaxSections)
        {
            throw new EifFormatException(EifFormat.CountAt, "num_sections", Text($"is {count}; expected 2 to {EifFormat.MaxSections}"));
        }

        Zero(header, EifFormat.OffsetsAt + (8 * count), 8 * (EifFormat.MaxSections - count), "section_offsets");
        Zero(header, EifFormat.SizesAt + (8 * count), 8 * (EifFormat.MaxSections - count), "section_sizes");
        return (flags == EifFormat.Arm64Flag ? ImageArchitecture.Arm64 : ImageArchitecture.X64, count);
    }

    static ImmutableArray<EifSection> ReadSections(ImageContent file, Stream stream, ReadOnlySpan<byte> header, int count)
    {
        var sections = ImmutableArray.CreateBuilder<EifSection>(count);
        Span<byte> head = stackalloc byte[EifFormat.SectionHeaderLength];
        long at = EifFormat.HeaderLength;
        for (var i = 0; i < count; i++)
        {
            var tableAt = EifFormat.OffsetsAt + (8 * i);
            var stated = BinaryPrimitives.ReadUInt64BigEndian(header[tableAt..]);
            if (stated != (ulong)at)
            {
                throw new EifFormatException(tableAt, Text($"section_offsets[{i}]"), Text($"is {stated}; the sections before it end at {at}"));
            }

            if (file.Length - at < EifFormat.SectionHeaderLength)
            {
                throw new EifFormatException(at, Text($"section[{i}]"), "the file ends inside the section's header");
            }

            stream.Position = at;
            stream.ReadExactly(head);
            var section = ReadSection(file, head, at, i);
            var sizeAt = EifFormat.SizesAt + (8 * i);
            if (BinaryPrimitives.ReadUInt64BigEndian(header[sizeAt..]) != (ulong)section.Content.Length)
            {
                throw new EifFormatException(sizeAt, Text($"section_sizes[{i}]"), Text($"is not the {section.Content.Length} of the section's own header"));
            }

            sections.Add(section);
            at += EifFormat.SectionHeaderLength + section.Content.Length;
        }

        return at == file.Length ? sections.MoveToImmutable() : throw new EifFormatException(at, "file", Text($"{file.Length - at} bytes follow the last section"));
    }

    static EifSection ReadSection(ImageContent file, ReadOnlySpan<byte> head, long at, int index)
    {
        var type = (EifSectionType)BinaryPrimitives.ReadUInt16BigEndian(head);
        if (!Enum.IsDefined(type))
        {
            throw new EifFormatException(at, Text($"section[{index}].type"), Text($"is {(int)type}; expected 1 to 5"));
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(head[2..]) != 0)
        {
            throw new EifFormatException(at + 2, Text($"section[{index}].flags"), "is not 0");
        }

        var size = BinaryPrimitives.ReadUInt64BigEndian(head[4..]);
        var data = at + EifFormat.SectionHeaderLength;
        if (size > (ulong)(file.Length - data))
        {
            throw new EifFormatException(at + 4, Text($"section[{index}].size"), Text($"is {size}; the file has {file.Length - data} bytes left"));
        }

        return size <= (ulong)EifFormat.MaxLength(type)
            ? new EifSection(type, at, file.Slice(data, (long)size))
            : throw new EifFormatException(at + 4, Text($"section[{index}].size"), Text($"is {size}; at most {EifFormat.MaxLength(type)} are accepted for {type}"));
    }

    // One kernel, one command line, then ramdisks, one metadata section between, a signature at the end: the order AWS's builder writes. Registers
    // follow the file's order, so another order would be another image to one reader and the same to the other.
    static void CheckOrder(ImmutableArray<EifSection> sections)
    {
        Single(sections, EifSectionType.Kernel, required: true);
        Single(sections, EifSectionType.CommandLine, required: true);
        Single(sections, EifSectionType.Metadata, required: true);
        Single(sections, EifSectionType.Signature, required: false);
        if (sections[0].Type != EifSectionType.Kernel || sections[1].Type != EifSectionType.CommandLine)
        {
            throw new EifFormatException(sections[0].Offset, "section[0]", "the file must start with kernel and command line, in this order");
        }

        if (!sections.Any(section => section.Type == EifSectionType.Ramdisk))
        {
            throw new EifFormatException(EifFormat.CountAt, "sections", "no ramdisk");
        }

        var signature = sections.FirstOrDefault(section => section.Type == EifSectionType.Signature);
        if (signature is not null && signature != sections[^1])
        {
            throw new EifFormatException(signature.Offset, "signature", "must be the last section");
        }
    }

    static void Single(ImmutableArray<EifSection> sections, EifSectionType type, bool required)
    {
        var count = sections.Count(section => section.Type == type);
        if (count > 1 || (required && count == 0))
        {
            throw new EifFormatException(EifFormat.CountAt, "sections", Text($"{count} sections of type {type}; expected {(required ? "exactly one" : "at most one")}"));
        }
    }

    static void CheckCommandLine(ImmutableArray<EifSection> sections)
    {
        var section = sections[1];
        var text = section.Content.ToArray(EifFormat.MaxCommandLineLength);
        var bad = text.AsSpan().IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e);
        if (bad >= 0)
        {
            throw new EifFormatException(section.Offset + EifFormat.SectionHeaderLength + bad, "cmdline", "holds a byte that is no printable ASCII");
        }
    }

    static void Zero(ReadOnlySpan<byte> header, int at, int length, string field)
    {
        var bad = header.Slice(at, length).IndexOfAnyExcept((byte)0);
        if (bad >= 0)
        {
            throw new EifFormatException(at + bad, field, "is not zero");
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
