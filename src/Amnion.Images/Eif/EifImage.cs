using System.Collections.Immutable;
using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Signing;

namespace Amnion.Images.Eif;

/// <summary>
/// An EIF file as its headers describe it. The offset table and the order in the file say the same, so that AWS's reader (which walks the
/// file) and QEMU's (which follows the table) see one image.
/// </summary>
public sealed class EifImage
{
    internal EifImage(ImageContent file, byte[] header, ImageArchitecture architecture, ImmutableArray<EifSection> sections, uint checksum)
    {
        File = file;
        Header = header;
        Architecture = architecture;
        Sections = sections;
        StoredChecksum = checksum;
    }

    /// <summary>The processor.</summary>
    public ImageArchitecture Architecture { get; }

    /// <summary>Every section in the file's order.</summary>
    public ImmutableArray<EifSection> Sections { get; }

    /// <summary>The header's CRC-32. Whether it is the content's, <see cref="EifMeasurement"/> says.</summary>
    public uint StoredChecksum { get; }

    /// <summary>Length of the file, bytes.</summary>
    public long Length => File.Length;

    /// <summary>The kernel.</summary>
    public ImageContent Kernel => Single(EifSectionType.Kernel)!.Content;

    /// <summary>The command line, ASCII.</summary>
    public string CommandLine => Encoding.ASCII.GetString(Single(EifSectionType.CommandLine)!.Content.ToArray(EifFormat.MaxCommandLineLength));

    /// <summary>The metadata.</summary>
    public ImageContent Metadata => Single(EifSectionType.Metadata)!.Content;

    /// <summary>The ramdisks: the first is the bootstrap's, the others the application's.</summary>
    public ImmutableArray<ImageContent> Ramdisks => [.. Sections.Where(section => section.Type == EifSectionType.Ramdisk).Select(section => section.Content)];

    /// <summary>Whether there is a signature section.</summary>
    public bool IsSigned => Single(EifSectionType.Signature) is not null;

    internal ImageContent File { get; }

    internal byte[] Header { get; }

    /// <summary>Reads a file's headers.</summary>
    /// <exception cref="EifFormatException">It is no EIF version 4, or contradicts itself.</exception>
    public static EifImage Open(string path) => Read(ImageContent.FromFile(path));

    /// <summary>Reads the headers of a whole file.</summary>
    /// <exception cref="EifFormatException">It is no EIF version 4, or contradicts itself.</exception>
    public static EifImage Read(ImageContent file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return EifReader.Read(file);
    }

    /// <summary>The signature section; null where the image is not signed.</summary>
    /// <exception cref="EifSignatureFormatException">It cannot be read.</exception>
    public EifSignature? ReadSignature() => Single(EifSectionType.Signature) is { } section
        ? EifSignature.Parse(section.Content.ToArray(EifFormat.MaxSignatureLength), section.Offset + EifFormat.SectionHeaderLength)
        : null;

    /// <summary>Reads the whole file once: registers and checksum.</summary>
    /// <exception cref="EifSignatureFormatException">The signature section, of which register 8 takes the certificate, cannot be read.</exception>
    public EifMeasurement Measure() => EifMeasurement.Of(this);

    EifSection? Single(EifSectionType type) => Sections.SingleOrDefault(section => section.Type == type);
}
