using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>Inclusion proofs of RFC 9162, against trees built the slow way.</summary>
public sealed class MerkleProofTests
{
    [Fact]
    public void Every_entry_of_every_small_tree_is_in_it_and_in_no_other_place()
    {
        for (var size = 1; size <= 17; size++)
        {
            byte[][] entries = [.. Enumerable.Range(0, size).Select(i => new[] { (byte)i })];
            var root = Root(entries);
            for (var index = 0; index < size; index++)
            {
                var path = Path(entries, index);
                Assert.True(MerkleProof.Verify(entries[index], index, size, path, root), $"{index} of {size}");
                Assert.False(MerkleProof.Verify([99], index, size, path, root));
                Assert.False(MerkleProof.Verify(entries[index], index, size, path.Add(new byte[32]), root));
                Assert.All(Enumerable.Range(0, size + 1).Except([index]), other => Assert.False(MerkleProof.Verify(entries[index], other, size, path, root)));
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, 1)]
    public void An_index_outside_the_tree_is_refused(long index, long size) => Assert.False(MerkleProof.Verify([1], index, size, [], SHA256.HashData([0, 1])));

    static byte[] Root(ReadOnlySpan<byte[]> entries)
    {
        if (entries.Length == 1)
        {
            return SHA256.HashData([0, .. entries[0]]);
        }

        var split = Split(entries.Length);
        return SHA256.HashData([1, .. Root(entries[..split]), .. Root(entries[split..])]);
    }

    static ImmutableArray<ReadOnlyMemory<byte>> Path(ReadOnlySpan<byte[]> entries, int index)
    {
        if (entries.Length == 1)
        {
            return [];
        }

        var split = Split(entries.Length);
        return index < split ? Path(entries[..split], index).Add(Root(entries[split..])) : Path(entries[split..], index - split).Add(Root(entries[..split]));
    }

    static int Split(int count)
    {
        var split = 1;
        while (split * 2 < count)
        {
            split *= 2;
        }

        return split;
    }
}
