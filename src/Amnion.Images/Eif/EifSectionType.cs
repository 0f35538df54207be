namespace Amnion.Images.Eif;

/// <summary>EIF_SECTION types of aws-nitro-enclaves-image-format; 0 and everything from 6 are refused.</summary>
public enum EifSectionType
{
    /// <summary>The kernel: bzImage on x86-64, Image on AArch64.</summary>
    Kernel = 1,

    /// <summary>The kernel's command line, text.</summary>
    CommandLine = 2,

    /// <summary>A cpio archive; all are concatenated in memory.</summary>
    Ramdisk = 3,

    /// <summary>A signature of register 0, CBOR.</summary>
    Signature = 4,

    /// <summary>What the build says of itself, JSON. Not measured.</summary>
    Metadata = 5,
}
