using Amnion.Records;

namespace Amnion.Images.Building;

/// <summary>Something an image was built from.</summary>
/// <param name="Section">The section it went into, as in <see cref="Explaining.ImageItem.Section"/>; "build" for what only steered the build.</param>
/// <param name="Path">Path in the ramdisk, or a name.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha384">Hash of the bytes.</param>
/// <param name="Package">The Debian package it came from, where one is known.</param>
public sealed record ImageInput(string Section, string Path, long Length, Digest Sha384, DebianPackage? Package)
{
    /// <summary>Section of inputs that are not in the image themselves.</summary>
    public const string Build = "build";
}
