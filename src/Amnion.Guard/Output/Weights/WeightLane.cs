using System.Buffers.Binary;

namespace Amnion.Guard.Output.Weights;

/// <summary>Follows one reading of an answer as bytes: compares every sixteen with the weights, and knows how model files begin.</summary>
sealed class WeightLane(WeightIndex? index) : IByteSink
{
    /// <summary>The most characters a lane holds back: 64 bytes as hexadecimal with separators.</summary>
    const int LongestSpan = 384;
    const int Kept = WeightIndex.Slice;

    readonly byte[] _bytes = new byte[2 * Kept];
    readonly int[] _starts = new int[2 * Kept];
    AnswerHit? _hit;
    int _count;
    int _hitUntil;

    public int Held(int fed) => _count == 0 ? fed : Math.Max(_starts[Math.Max(0, _count - Kept)], fed - LongestSpan);

    public void Break(AnswerHits hits)
    {
        _count = 0;
        _hit = null;
    }

    public void Feed(byte value, int start, int end, AnswerHits hits)
    {
        if (_count == _bytes.Length)
        {
            _bytes.AsSpan(Kept).CopyTo(_bytes);
            _starts.AsSpan(Kept).CopyTo(_starts);
            _count = Kept;
            _hitUntil -= Kept;
        }

        _bytes[_count] = value;
        _starts[_count++] = start;
        if (_count < 8)
        {
            return;
        }

        if (IsModelFile(_bytes.AsSpan(_count - 9 < 0 ? 0 : _count - 9, Math.Min(9, _count)), out var length))
        {
            hits.Add(OutputCodes.ModelFile, "weights.file", _starts[_count - length], end);
        }

        if (index is null || _count < WeightIndex.Gram)
        {
            return;
        }

        var gram = _bytes.AsSpan(_count - WeightIndex.Gram, WeightIndex.Gram);
        if (WeightIndex.IsVaried(gram) && index.Holds(gram))
        {
            // What stands before the fingerprint belongs to the slice as well: up to 48 bytes.
            _hit = _hit is not null && _count <= _hitUntil ? _hit : hits.Add(OutputCodes.WeightSlice, "weights.slice", _starts[Math.Max(0, _count - Kept)], end);
            _hitUntil = _count + WeightIndex.Step + WeightIndex.Gram;
        }

        if (_hit is not null && _count <= _hitUntil)
        {
            _hit.GrowTo(end);
        }
        else
        {
            _hit = null;
        }
    }

    /// <summary>GGUF: magic and version 1 to 3. Safetensors: a header length under 100 MB and the beginning of a JSON object.</summary>
    static bool IsModelFile(ReadOnlySpan<byte> last, out int length)
    {
        length = 8;
        var eight = last[^8..];
        if (eight[..4].SequenceEqual("GGUF"u8) && BinaryPrimitives.ReadUInt32LittleEndian(eight[4..]) is >= 1 and <= 3)
        {
            return true;
        }

        length = 9;
        return last.Length == 9 && last[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(last) is > 16 and < 100_000_000;
    }
}
