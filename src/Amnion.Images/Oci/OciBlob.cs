using System.Security.Cryptography;
using Amnion.Images.Content;
using Amnion.Records;

namespace Amnion.Images.Oci;

/// <summary>Reads the blobs of a content store, which are named by their digests.</summary>
static class OciBlob
{
    /// <summary>SHA-256 of content.</summary>
    public static Digest Sha256(ImageContent content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        content.ReadAll(hash.AppendData);
        return Digest.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>The bytes of a small blob, checked.</summary>
    public static byte[] Read(ImageContent content, Digest digest, int maxLength, string field)
    {
        if (content.Length > maxLength)
        {
            throw new OciFormatException(0, field, $"has {content.Length} bytes; at most {maxLength} are accepted");
        }

        var bytes = content.ToArray(maxLength);
        return Digest.Sha256(bytes) == digest ? bytes : throw new OciFormatException(0, field, $"the bytes are not {digest}");
    }
}
