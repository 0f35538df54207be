namespace Amnion.Images;

/// <summary>The processor an image is made for; the EIF header's flag bit 0.</summary>
public enum ImageArchitecture
{
    /// <summary>x86-64.</summary>
    X64,

    /// <summary>AArch64.</summary>
    Arm64,
}
