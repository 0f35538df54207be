using System.Buffers.Binary;

namespace Amnion.Images.Eif;

/// <summary>Writes EIF version 4: sections one after the other in the given order, without gaps; the same parts give the same bytes.</summary>
public static class EifWriter
{
    /// <summary>Writes an image.</summary>
    /// <param name="destination">Empty; must be seekable, since the checksum stands in front.</param>
    /// <param name="architecture">The processor.</param>
    /// <param name="parts">Kernel, command line, metadata, ramdisks and perhaps a signature, in this order.</param>
    /// <exception cref="ArgumentException">Too many parts.</exception>
    /// <exception cref="ImageException">A part gave another number of bytes than it stated.</exception>
    public static void Write(Stream destination, ImageArchitecture architecture, IReadOnlyList<EifPart> parts)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count is < 2 or > EifFormat.MaxSections)
        {
            throw new ArgumentException($"An image has 2 to {EifFormat.MaxSections} sections; got {parts.Count}.", nameof(parts));
        }

        var header = Header(architecture, parts);
        var start = destination.Position;
        destination.Write(header);
        var checksum = new ChecksumStream(destination);
        checksum.Append(header.AsSpan(0, EifFormat.ChecksumAt));
        Span<byte> head = stackalloc byte[EifFormat.SectionHeaderLength];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)part.Type);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], 0);
            BinaryPrimitives.WriteUInt64BigEndian(head[4..], (ulong)part.Length);
            checksum.Write(head);
            var before = checksum.Written;
            part.Write(checksum);
            if (checksum.Written - before != part.Length)
            {
                throw new ImageException(ImageCodes.InputUnfit, $"The {part.Type} section gave {checksum.Written - before} bytes; {part.Length} were expected.");
            }
        }

        var end = destination.Position;
        destination.Position = start + EifFormat.ChecksumAt;
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, checksum.Value);
        destination.Write(value);
        destination.Position = end;
    }

    static byte[] Header(ImageArchitecture architecture, IReadOnlyList<EifPart> parts)
    {
        var header = new byte[EifFormat.HeaderLength];
        var span = header.AsSpan();
        EifFormat.Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt16BigEndian(span[4..], EifFormat.Version);
        BinaryPrimitives.WriteUInt16BigEndian(span[EifFormat.FlagsAt..], architecture == ImageArchitecture.Arm64 ? EifFormat.Arm64Flag : (ushort)0);
        BinaryPrimitives.WriteUInt64BigEndian(span[EifFormat.DefaultMemoryAt..], EifFormat.DefaultMemory);
        BinaryPrimitives.WriteUInt64BigEndian(span[EifFormat.DefaultCpusAt..], EifFormat.DefaultCpus);
        BinaryPrimitives.WriteUInt16BigEndian(span[EifFormat.CountAt..], (ushort)parts.Count);
        long at = EifFormat.HeaderLength;
        for (var i = 0; i < parts.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(span[(EifFormat.OffsetsAt + (8 * i))..], (ulong)at);
            BinaryPrimitives.WriteUInt64BigEndian(span[(EifFormat.SizesAt + (8 * i))..], (ulong)parts[i].Length);
            at = checked(at + EifFormat.SectionHeaderLength + parts[i].Length);
        }

        return header;
    }
}
