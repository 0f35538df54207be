using System.Buffers.Binary;
using System.Numerics;

namespace Amnion.Guard.Output.Weights;

/// <summary>
/// A compact index of a model's weights: a fingerprint of 16 bytes at every 49th, so that any slice of 64 bytes holds one whole. It is built in memory, needs about a tenth of the weights' size (several times that while it is built), and is never stored.
/// </summary>
public sealed class WeightIndex
{
    /// <summary>Any slice of so many bytes is found, if each 16 bytes of it hold at least <see cref="LeastDifferent"/> different ones.</summary>
    public const int Slice = 64;

    /// <summary>Bytes under a fingerprint.</summary>
    internal const int Gram = 16;

    /// <summary>Fingerprints begin this far apart: 64 − 16 + 1.</summary>
    internal const int Step = Slice - Gram + 1;

    /// <summary>Grams with fewer different bytes (zeros, padding, repeated scales) are left out: they stand in answers by chance.</summary>
    public const int LeastDifferent = 6;

    /// <summary>The most fingerprints one index holds: of 13 GB of weights. More are thinned out and reported by <see cref="Skipped"/>.</summary>
    public const int MostFingerprints = 1 << 28;

    readonly uint[] _starts;
    readonly uint[] _tags;
    readonly int _bits;

    WeightIndex(ulong[] sorted, int count, long skipped)
    {
        Fingerprints = count;
        Skipped = skipped;
        _bits = Math.Clamp(BitOperations.Log2((uint)Math.Max(1, count / 8)), 0, 28);
        _starts = new uint[(1 << _bits) + 1];
        _tags = new uint[count];
        var entry = 0;
        for (var bucket = 0; bucket < _starts.Length; bucket++)
        {
            while (entry < count && bucket > 0 && BucketOf(sorted[entry]) < bucket)
            {
                _tags[entry] = (uint)sorted[entry];
                entry++;
            }

            _starts[bucket] = (uint)entry;
        }
    }

    /// <summary>How many fingerprints it holds.</summary>
    public int Fingerprints { get; }

    /// <summary>How many were left out for want of room; 0 where the guarantee holds.</summary>
    public long Skipped { get; }

    /// <summary>Its memory in bytes.</summary>
    public long Memory => (4L * _starts.Length) + (4L * _tags.Length);

    /// <summary>Builds the index of several tensors or of a whole file, in pieces as they are mapped. Slices are found within a piece.</summary>
    public static WeightIndex Build(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        var found = new List<ulong>();
        var skipped = 0L;
        foreach (var piece in pieces)
        {
            var span = piece.Span;
            for (var at = 0; at + Gram <= span.Length; at += Step)
            {
                var gram = span.Slice(at, Gram);
                if (!IsVaried(gram))
                {
                    continue;
                }

                if (found.Count == MostFingerprints)
                {
                    skipped++;
                    continue;
                }

                found.Add(HashOf(gram));
            }
        }

        var sorted = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(found);
        sorted.Sort();
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (count == 0 || sorted[count - 1] != sorted[i])
            {
                sorted[count++] = sorted[i];
            }
        }

        return new WeightIndex(sorted[..count].ToArray(), count, skipped);
    }

    /// <summary>Whether 16 bytes stand in the weights at a fingerprint. Wrong with 8 to 16 in 2^32: as many share a bucket, and 32 bits of each are compared.</summary>
    internal bool Holds(ReadOnlySpan<byte> gram)
    {
        var hash = HashOf(gram);
        var bucket = BucketOf(hash);
        return _tags.AsSpan((int)_starts[bucket], (int)(_starts[bucket + 1] - _starts[bucket])).Contains((uint)hash);
    }

    internal static bool IsVaried(ReadOnlySpan<byte> gram)
    {
        UInt128 low = 0, high = 0;
        foreach (var value in gram)
        {
            if (value < 128)
            {
                low |= UInt128.One << value;
            }
            else
            {
                high |= UInt128.One << (value - 128);
            }
        }

        return (int)UInt128.PopCount(low) + (int)UInt128.PopCount(high) >= LeastDifferent;
    }

    static ulong HashOf(ReadOnlySpan<byte> gram)
    {
        unchecked
        {
            var hash = BinaryPrimitives.ReadUInt64LittleEndian(gram) * 0x9E3779B97F4A7C15;
            hash = (hash ^ (hash >> 29) ^ BinaryPrimitives.ReadUInt64LittleEndian(gram[8..])) * 0xBF58476D1CE4E5B9;
            hash = (hash ^ (hash >> 32)) * 0x94D049BB133111EB;
            return hash ^ (hash >> 31);
        }
    }

    int BucketOf(ulong hash) => _bits == 0 ? 0 : (int)(hash >> (64 - _bits));
}
