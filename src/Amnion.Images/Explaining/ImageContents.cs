using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Images.Eif;

namespace Amnion.Images.Explaining;

/// <summary>Lists what an image is made of, and which registers each part reaches.</summary>
public static class ImageContents
{
    /// <summary>Section of the kernel.</summary>
    public const string Kernel = "kernel";

    /// <summary>Section of the command line.</summary>
    public const string CommandLine = "cmdline";

    /// <summary>Section of the metadata.</summary>
    public const string Metadata = "metadata";

    /// <summary>Section of the signature.</summary>
    public const string Signature = "signature";

    /// <summary>The bootstrap ramdisk.</summary>
    public const string Bootstrap = "ramdisk0";

    /// <summary>The first ramdisk of the application.</summary>
    public const string Application = "ramdisk1";

    /// <summary>Where an image of ours states its command line, in <see cref="Application"/>.</summary>
    internal const string CommandLineFile = "etc/amnion/cmdline";

    /// <summary>Sections in the file's order with a name each.</summary>
    public static ImmutableArray<(string Name, EifSection Section)> Sections(EifImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var ramdisk = 0;
        return [.. image.Sections.Select(section => (section.Type switch
        {
            EifSectionType.Kernel => Kernel,
            EifSectionType.CommandLine => CommandLine,
            EifSectionType.Metadata => Metadata,
            EifSectionType.Signature => Signature,
            _ => string.Create(CultureInfo.InvariantCulture, $"ramdisk{ramdisk++}"),
        }, section))];
    }

    /// <summary>The registers that a section's bytes reach.</summary>
    public static ImmutableArray<int> RegistersOf(string section) => section switch
    {
        Kernel or CommandLine or Bootstrap => [0, 1],
        Signature => [8],
        _ when section is not null && section.StartsWith("ramdisk", StringComparison.Ordinal) => [0, 2],
        _ => [],
    };

    /// <summary>Every section that is no archive, and every entry of those that are.</summary>
    /// <exception cref="CpioFormatException">A ramdisk begins as an archive and is none.</exception>
    public static ImmutableArray<ImageItem> List(EifImage image)
    {
        var items = ImmutableArray.CreateBuilder<ImageItem>();
        foreach (var (name, section) in Sections(image))
        {
            if (section.Type == EifSectionType.Ramdisk && CpioReader.IsArchive(section.Content))
            {
                items.AddRange(Entries(name, section.Content));
            }
            else
            {
                items.Add(new ImageItem { Section = name, Length = section.Content.Length, Sha384 = section.Content.Sha384(), Content = section.Content });
            }
        }

        return items.ToImmutable();
    }

    /// <summary>The command line that an image of ours says it was built with; null where the image says nothing, as foreign ones do.</summary>
    /// <exception cref="CpioFormatException">The ramdisk begins as an archive and is none.</exception>
    internal static string? StatedCommandLine(EifImage image)
    {
        // Only the ramdisks from the second on begin where the registers say: 1 covers all before them, 2 all of them.
        if (image.Ramdisks is not [_, var application, ..] || !CpioReader.IsArchive(application))
        {
            return null;
        }

        var file = CpioReader.Read(application).FirstOrDefault(entry => entry.Path == CommandLineFile && entry.Kind == CpioKind.File);
        return file is null ? null : Encoding.Latin1.GetString(file.Content.ToArray(EifFormat.MaxCommandLineLength));
    }

    /// <summary>The entries of a ramdisk.</summary>
    /// <exception cref="CpioFormatException">It is no archive.</exception>
    public static IEnumerable<ImageItem> Entries(string section, ImageContent archive) => CpioReader.Read(archive).Select(entry => new ImageItem
    {
        Section = section,
        Path = entry.Path,
        Kind = entry.Kind,
        Permissions = entry.Permissions,
        Attributes = string.Create(CultureInfo.InvariantCulture, $"owner {entry.UserId}:{entry.GroupId}, date {entry.Modified}, device {entry.Device.Major}:{entry.Device.Minor}{(entry.Target is null ? "" : $", link to {entry.Target}")}"),
        Length = entry.Content.Length,
        Sha384 = entry.Content.Sha384(),
        Content = entry.Content,
    });
}
