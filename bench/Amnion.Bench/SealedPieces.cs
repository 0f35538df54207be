using System.Runtime.InteropServices;
using Amnion.Sealing;

namespace Amnion.Bench;

/// <summary>A sealed stream of whole segments in memory, and a copy of it to open in place as often as one likes.</summary>
sealed unsafe class SealedPieces : IDisposable
{
    readonly byte* _sealed;
    readonly byte* _work;
    readonly SecretBytes _key = SecretBytes.Random(SealedStreamFormat.KeyLength);
    readonly SealedStreamOpener _opener;

    public SealedPieces(int count)
    {
        Count = count;
        _sealed = (byte*)NativeMemory.Alloc((nuint)Length);
        _work = (byte*)NativeMemory.Alloc((nuint)Length);
        var plain = new byte[SealedStreamFormat.SegmentLength];
        using var sealer = SealedStreamSealer.Create(_key, []);
        Header = sealer.Header.ToArray();
        for (var i = 0; i < count; i++)
        {
            _ = sealer.SealSegment((uint)i, i == count - 1, plain.AsSpan(0, Plaintext(i)), Segment(_sealed, i));
        }

        _opener = SealedStreamOpener.Create(_key, [], Header);
    }

    public int Count { get; }

    public byte[] Header { get; }

    long Length => (long)Count * SealedStreamFormat.SegmentLength;

    /// <summary>Puts the ciphertext back.</summary>
    public void Reset() => Buffer.MemoryCopy(_sealed, _work, Length, Length);

    public void Open(int segment)
    {
        var bytes = Segment(_work, segment);
        if (!_opener.TryOpenSegment((uint)segment, segment == Count - 1, bytes, bytes[..^SealedStreamFormat.TagLength]))
        {
            throw new BenchException("a segment did not open");
        }
    }

    public void Dispose()
    {
        _opener.Dispose();
        _key.Dispose();
        NativeMemory.Free(_sealed);
        NativeMemory.Free(_work);
    }

    static int Plaintext(int index) => index == 0 ? SealedStreamFormat.FirstSegmentPlaintext : SealedStreamFormat.SegmentPlaintext;

    static Span<byte> Segment(byte* memory, int index) => new(memory + ((long)index * SealedStreamFormat.SegmentLength), Plaintext(index) + SealedStreamFormat.TagLength);
}
