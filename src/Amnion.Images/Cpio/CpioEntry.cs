using Amnion.Images.Content;

namespace Amnion.Images.Cpio;

/// <summary>One entry of a cpio archive.</summary>
public sealed record CpioEntry
{
    /// <summary>Path without leading "./" and trailing "/".</summary>
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public required CpioKind Kind { get; init; }

    /// <summary>The lower twelve bits of the mode.</summary>
    public required int Permissions { get; init; }

    /// <summary>Owner.</summary>
    public required uint UserId { get; init; }

    /// <summary>Group.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required uint Modified { get; init; }

    /// <summary>Major and minor number of a device.</summary>
    public required (uint Major, uint Minor) Device { get; init; }

    /// <summary>A file's bytes; for a further name of the same file (hard link) those of the first.</summary>
    public required ImageContent Content { get; init; }

    /// <summary>A symbolic link's target.</summary>
    public string? Target { get; init; }

    /// <summary>Offset of the entry's header in the archive.</summary>
    public required long Offset { get; init; }
}
