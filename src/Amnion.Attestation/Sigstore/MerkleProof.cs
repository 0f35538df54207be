using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Attestation.Sigstore;

/// <summary>Inclusion in a Merkle tree of SHA-256: RFC 9162 §2.1 (RFC 6962 §2.1 is the same tree).</summary>
static class MerkleProof
{
    public const int HashLength = 32;

    /// <summary>True where the path leads from the entry at <paramref name="index"/> to the root of a tree of <paramref name="size"/> entries: RFC 9162 §2.1.3.2.</summary>
    public static bool Verify(ReadOnlySpan<byte> entry, long index, long size, ImmutableArray<ReadOnlyMemory<byte>> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var node = index;
        var last = size - 1;
        Span<byte> hash = stackalloc byte[HashLength];
        Hash(0, entry, [], hash);
        foreach (var sibling in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                Hash(1, sibling.Span, hash, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                Hash(1, hash, sibling.Span, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash.SequenceEqual(root);
    }

    /// <summary>The prefix, 0 for entries and 1 for nodes, keeps one from being taken for the other.</summary>
    static void Hash(byte prefix, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha256.AppendData([prefix]);
        sha256.AppendData(left);
        sha256.AppendData(right);
        _ = sha256.GetHashAndReset(destination);
    }
}
