namespace Amnion.Images.Eif;

/// <summary>Layout and limits of Enclave Image Format version 4; every integer is big-endian. aws-nitro-enclaves-image-format, docs/specs/image.md §1.</summary>
static class EifFormat
{
    public const ushort Version = 4;
    public const int HeaderLength = 548;
    public const int SectionHeaderLength = 12;
    public const int MaxSections = 32;

    public const int FlagsAt = 6;
    public const int DefaultMemoryAt = 8;
    public const int DefaultCpusAt = 16;
    public const int ReservedAt = 24;
    public const int CountAt = 26;
    public const int OffsetsAt = 28;
    public const int SizesAt = 284;
    public const int UnusedAt = 540;
    public const int ChecksumAt = 544;

    /// <summary>Flag bit 0.</summary>
    public const ushort Arm64Flag = 1;

    /// <summary>What AWS's builder writes; nothing reads it.</summary>
    public const ulong DefaultMemory = 1073741824;

    /// <summary>As above.</summary>
    public const ulong DefaultCpus = 2;

    /// <summary>SIGNATURE_MAX_SIZE of the specification.</summary>
    public const int MaxSignatureLength = 32768;

    /// <summary>Longer than any kernel accepts: x86's COMMAND_LINE_SIZE and AArch64's are 2048.</summary>
    public const int MaxCommandLineLength = 4096;

    /// <summary>A kernel is some megabytes.</summary>
    public const long MaxKernelLength = 256L * 1024 * 1024;

    /// <summary>Custom metadata is at most 4 KiB; what Docker says of an image is some tens of KiB.</summary>
    public const int MaxMetadataLength = 1024 * 1024;

    /// <summary>Above the memory of the largest instance that carries enclaves with all in one ramdisk.</summary>
    public const long MaxRamdiskLength = 1L << 40;

    public static ReadOnlySpan<byte> Magic => ".eif"u8;

    public static long MaxLength(EifSectionType type) => type switch
    {
        EifSectionType.Kernel => MaxKernelLength,
        EifSectionType.CommandLine => MaxCommandLineLength,
        EifSectionType.Signature => MaxSignatureLength,
        EifSectionType.Metadata => MaxMetadataLength,
        _ => MaxRamdiskLength,
    };
}
