using Amnion.Images.Content;
using Amnion.Images.Cpio;
using Amnion.Records;

namespace Amnion.Images.Explaining;

/// <summary>Something an image is made of: a section, or an entry of a ramdisk.</summary>
public sealed record ImageItem
{
    /// <summary>"kernel", "cmdline", "metadata", "signature", or "ramdisk0", "ramdisk1" and so on.</summary>
    public required string Section { get; init; }

    /// <summary>Path in the ramdisk; null for a section as a whole.</summary>
    public string? Path { get; init; }

    /// <summary>Kind of the entry; <see cref="CpioKind.File"/> for a section.</summary>
    public CpioKind Kind { get; init; }

    /// <summary>The lower twelve bits of the mode; 0 for a section.</summary>
    public int Permissions { get; init; }

    /// <summary>Whatever else the archive says of the entry: owner, date, device number, link target.</summary>
    public string Attributes { get; init; } = "";

    /// <summary>Length, bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-384 of the bytes.</summary>
    public required Digest Sha384 { get; init; }

    /// <summary>The bytes.</summary>
    public required ImageContent Content { get; init; }

    /// <summary>"ramdisk1 app/lib/libllama.so" or "kernel".</summary>
    public string Name => Path is null ? Section : $"{Section} {Path}";
}
