using Amnion.Models.Manifest;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>One sealed file of a package on disk.</summary>
/// <param name="File">What the manifest says of the plain file.</param>
/// <param name="Path">Full path of the sealed file.</param>
public sealed record SealedFile(ModelFile File, string Path)
{
    /// <summary>Its name in the manifest.</summary>
    public string Name => File.Name;

    /// <summary>Bytes of the plain file.</summary>
    public long PlainLength => File.PlainLength;

    /// <summary>Bytes of the sealed file.</summary>
    public long SealedLength => SealedStreamFormat.CiphertextLength(File.PlainLength);

    /// <summary>Segments of the sealed file, at least one.</summary>
    public uint Segments => SealedStreamFormat.SegmentCount(File.PlainLength);
}
