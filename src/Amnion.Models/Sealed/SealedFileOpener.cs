using Amnion.Models.Manifest;
using Amnion.Sealing;

namespace Amnion.Models.Sealed;

/// <summary>
/// Opens the segments of one sealed file, in any order and from several threads. It does no I/O: inside the enclave the
/// ciphertext comes from the host, segment by segment.
/// </summary>
public sealed class SealedFileOpener : IDisposable
{
    readonly SealedStreamOpener _stream;

    SealedFileOpener(ModelFile file, SealedStreamOpener stream)
    {
        File = file;
        _stream = stream;
    }

    /// <summary>What the manifest says of the file.</summary>
    public ModelFile File { get; }

    /// <summary>Segments of the file, at least one.</summary>
    public uint Segments => SealedStreamFormat.SegmentCount(File.PlainLength);

    /// <summary>Prepares to open a file. The data key is compared with the manifest's commitment first.</summary>
    /// <param name="manifest">The manifest, already found to be the expected one.</param>
    /// <param name="name">The file's name in it.</param>
    /// <param name="dataKey">The data key; needed only during this call.</param>
    /// <param name="header">The sealed file's first <see cref="SealedStreamFormat.HeaderLength"/> bytes: untrusted.</param>
    /// <exception cref="SealedPackageException">The key is another one, or the header is impossible.</exception>
    /// <exception cref="ArgumentException">The manifest names no such file.</exception>
    public static SealedFileOpener Create(ModelManifest manifest, string name, SecretBytes dataKey, ReadOnlySpan<byte> header)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var file = manifest.Content.Files.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ArgumentException("The manifest names no such file.", nameof(name));
        if (!manifest.IsCommittedTo(dataKey))
        {
            throw new SealedPackageException(ModelCodes.KeyCommitment, "The data key is not the one that the manifest commits to.");
        }

        try
        {
            return new SealedFileOpener(file, SealedStreamOpener.Create(dataKey, SealedModelPackage.AssociatedData(manifest.Digest, file.Name, file.PlainLength), header));
        }
        catch (SealedStreamFormatException)
        {
            throw new SealedPackageException(ModelCodes.SealedFile, $"\"{file.Name}\" does not open.");
        }
    }

    /// <summary>Where a segment's ciphertext starts in the sealed file.</summary>
    public static long CiphertextOffset(uint index) => SealedStreamFormat.CiphertextOffset(index);

    /// <summary>Where a segment's plaintext starts in the plain file.</summary>
    public static long PlaintextOffset(uint index) => SealedStreamFormat.PlaintextOffset(index);

    /// <summary>Bytes of a segment's ciphertext, tag included.</summary>
    public int CiphertextLength(uint index) => PlaintextLength(index) + SealedStreamFormat.TagLength;

    /// <summary>Bytes of a segment's plaintext.</summary>
    public int PlaintextLength(uint index) => SealedStreamFormat.SegmentPlaintextLength(index, File.PlainLength);

    /// <summary>Opens one segment. False where anything is not as it was sealed; <paramref name="destination"/> is then zeroed.</summary>
    /// <param name="index">Below <see cref="Segments"/>.</param>
    /// <param name="ciphertext">The segment with its tag; of any other length than <see cref="CiphertextLength"/> it does not open.</param>
    /// <param name="destination">Exactly <see cref="PlaintextLength"/> bytes; may start where the ciphertext does.</param>
    public bool TryOpenSegment(uint index, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        // The manifest's length decides which segment is the last, so the host cannot end the file early.
        if (ciphertext.Length != CiphertextLength(index))
        {
            destination.Clear();
            return false;
        }

        return _stream.TryOpenSegment(index, last: index == Segments - 1, ciphertext, destination);
    }

    /// <summary>Erases the file's key.</summary>
    public void Dispose() => _stream.Dispose();
}
