namespace Amnion.Sealing;

/// <summary>
/// Frames and seals the chunks of one direction (draft-ietf-ohai-chunked-ohttp §4 to §6): a non-final chunk after its
/// length, the final one after a zero and with "final" as associated data. Not thread-safe.
/// </summary>
sealed class ChunkSealer(SequencedCipher cipher)
{
    bool _finished;

    public static ReadOnlySpan<byte> FinalAssociatedData => "final"u8;

    public byte[] SealChunk(ReadOnlySpan<byte> plaintext, bool final)
    {
        var wire = new byte[LengthOf(plaintext.Length, final)];
        Write(plaintext, final, wire);
        return wire;
    }

    public byte[] SealMessage(ReadOnlySpan<byte> plaintext)
    {
        var count = Math.Max(1, ((plaintext.Length - 1) / OhttpLimits.ChunkPlaintext) + 1);
        var last = plaintext.Length - ((count - 1) * OhttpLimits.ChunkPlaintext);
        var wire = new byte[checked(((count - 1) * LengthOf(OhttpLimits.ChunkPlaintext, final: false)) + LengthOf(last, final: true))];
        var rest = wire.AsSpan();
        for (; count > 1; count--)
        {
            rest = rest[Write(plaintext[..OhttpLimits.ChunkPlaintext], final: false, rest)..];
            plaintext = plaintext[OhttpLimits.ChunkPlaintext..];
        }

        Write(plaintext, final: true, rest);
        return wire;
    }

    static int LengthOf(int plaintext, bool final)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext, OhttpLimits.MaxChunkPlaintext);
        var sealedLength = plaintext + HpkeAlgorithms.TagLength;
        return sealedLength + VarInt.LengthOf(final ? 0 : (ulong)sealedLength);
    }

    int Write(ReadOnlySpan<byte> plaintext, bool final, Span<byte> destination)
    {
        if (_finished)
        {
            throw new InvalidOperationException("The final chunk is sealed; nothing follows it.");
        }

        if (plaintext.IsEmpty && !final)
        {
            throw new ArgumentException("Only the final chunk may be empty (draft-ietf-ohai-chunked-ohttp §6).", nameof(plaintext));
        }

        _finished = final;
        var sealedLength = plaintext.Length + HpkeAlgorithms.TagLength;
        var prefix = VarInt.Write(destination, final ? 0 : (ulong)sealedLength);
        cipher.Seal(final ? FinalAssociatedData : [], plaintext, destination.Slice(prefix, sealedLength));
        return prefix + sealedLength;
    }
}
