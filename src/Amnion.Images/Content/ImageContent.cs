using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Images.Content;

/// <summary>Bytes of a known length, in memory or in a file, that can be read more than once: images are larger than what should stand in memory.</summary>
public abstract class ImageContent
{
    const int BufferLength = 256 * 1024;

    private protected ImageContent(long length) => Length = length;

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>No bytes.</summary>
    public static ImageContent Empty { get; } = new BytesContent(ReadOnlyMemory<byte>.Empty);

    /// <summary>Bytes in memory; keeps a reference.</summary>
    public static ImageContent FromBytes(ReadOnlyMemory<byte> bytes) => new BytesContent(bytes);

    /// <summary>A file as long as it is now. Reading fails when it shrinks.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageContent FromFile(string path) => new FileContent(path, 0, new FileInfo(path).Length);

    /// <summary>A new reader at the first byte; it ends after <see cref="Length"/> bytes.</summary>
    public abstract Stream OpenRead();

    /// <summary>The part that starts at <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches outside.</exception>
    public ImageContent Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return SliceCore(offset, length);
    }

    /// <summary>Hands every byte on, in pieces.</summary>
    /// <exception cref="ImageException">Fewer bytes are there than <see cref="Length"/>.</exception>
    public void ReadAll(Action<ReadOnlySpan<byte>> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        using var stream = OpenRead();
        var buffer = new byte[(int)Math.Min(BufferLength, Math.Max(1, Length))];
        var left = Length;
        while (left > 0)
        {
            var read = stream.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (read == 0)
            {
                throw new ImageException(ImageCodes.InputUnfit, "A file became shorter while it was read.");
            }

            take(buffer.AsSpan(0, read));
            left -= read;
        }
    }

    /// <summary>Writes every byte to <paramref name="destination"/>.</summary>
    /// <exception cref="ImageException">Fewer bytes are there than <see cref="Length"/>.</exception>
    public void CopyTo(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ReadAll(destination.Write);
    }

    /// <summary>All bytes at once.</summary>
    /// <exception cref="ImageException">More than <paramref name="maxLength"/>.</exception>
    public byte[] ToArray(int maxLength)
    {
        if (Length > maxLength)
        {
            throw new ImageException(ImageCodes.InputUnfit, $"An input of {Length} bytes is longer than the {maxLength} that are accepted.");
        }

        var bytes = new byte[Length];
        var at = 0;
        ReadAll(piece =>
        {
            piece.CopyTo(bytes.AsSpan(at));
            at += piece.Length;
        });
        return bytes;
    }

    /// <summary>SHA-384 of all bytes.</summary>
    public Digest Sha384()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        ReadAll(hash.AppendData);
        return Digest.FromBytes(hash.GetHashAndReset());
    }

    private protected abstract ImageContent SliceCore(long offset, long length);
}
