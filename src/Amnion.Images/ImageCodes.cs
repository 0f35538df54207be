namespace Amnion.Images;

/// <summary>Stable error codes of enclave images. Each is never reused for another cause. docs/diagnostics.md.</summary>
public static class ImageCodes
{
    /// <summary>An EIF file breaks the format.</summary>
    public const string EifMalformed = "AMN-IMG-0001";

    /// <summary>A ramdisk's cpio archive breaks the format.</summary>
    public const string CpioMalformed = "AMN-IMG-0002";

    /// <summary>The signature section of an EIF file breaks the format.</summary>
    public const string SignatureMalformed = "AMN-IMG-0003";

    /// <summary>An OCI layout, a saved image or one of its layers breaks the format.</summary>
    public const string OciMalformed = "AMN-IMG-0004";

    /// <summary>An ELF file contradicts itself.</summary>
    public const string ElfMalformed = "AMN-IMG-0005";

    /// <summary>The declarative file breaks its schema.</summary>
    public const string SpecificationInvalid = "AMN-IMG-0006";

    /// <summary>An input of an image is missing, unfit or changed while it was read.</summary>
    public const string InputUnfit = "AMN-IMG-0007";

    /// <summary>A shared library that the image needs was not found.</summary>
    public const string LibraryMissing = "AMN-IMG-0008";

    /// <summary>The signing certificate and key cannot be used, or not together.</summary>
    public const string SigningKeyUnfit = "AMN-IMG-0009";

    /// <summary>Check: the checksum in the header is that of the content.</summary>
    public const string Checksum = "AMN-IMG-0010";

    /// <summary>Check: the image is signed.</summary>
    public const string Signed = "AMN-IMG-0011";

    /// <summary>Check: what was signed is register 0 of this image.</summary>
    public const string SignedRegister = "AMN-IMG-0012";

    /// <summary>Check: the signature verifies under the certificate's key.</summary>
    public const string Signature = "AMN-IMG-0013";

    /// <summary>Check: the certificate is valid at the given time.</summary>
    public const string CertificateTime = "AMN-IMG-0014";

    /// <summary>Check: a register has an expected value.</summary>
    public const string Register = "AMN-IMG-0015";

    /// <summary>Check: the command line is the one the image was built with.</summary>
    public const string CommandLine = "AMN-IMG-0016";
}
