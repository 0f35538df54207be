namespace Amnion.Sealing;

/// <summary>
/// The layout of a sealed stream: Tink's AES256_GCM_HKDF_1MB streaming AEAD, byte for byte (docs/specs/sealed-stream.md).
/// All lengths are in bytes.
/// </summary>
public static class SealedStreamFormat
{
    /// <summary>Length of the key that streams are sealed under.</summary>
    public const int KeyLength = 32;

    /// <summary>Length byte, salt and nonce prefix.</summary>
    public const int HeaderLength = 1 + SaltLength + NoncePrefixLength;

    /// <summary>Salt of the stream key's derivation.</summary>
    public const int SaltLength = 32;

    /// <summary>Random start of every segment's nonce.</summary>
    public const int NoncePrefixLength = 7;

    /// <summary>Tag at each segment's end.</summary>
    public const int TagLength = 16;

    /// <summary>A whole ciphertext segment; the first one shares it with the header.</summary>
    public const int SegmentLength = 1 << 20;

    /// <summary>Ciphertext of a whole first segment, without the header before it.</summary>
    public const int FirstSegmentLength = SegmentLength - HeaderLength;

    /// <summary>Plaintext of a whole segment.</summary>
    public const int SegmentPlaintext = SegmentLength - TagLength;

    /// <summary>Plaintext of a whole first segment.</summary>
    public const int FirstSegmentPlaintext = FirstSegmentLength - TagLength;

    /// <summary>Most segments; the last 32-bit number is not used, as in Tink.</summary>
    public const uint MaxSegments = uint.MaxValue;

    /// <summary>Longest associated data.</summary>
    public const int MaxAssociatedData = 1 << 16;

    /// <summary>Longest plaintext.</summary>
    public const long MaxPlaintextLength = ((long)MaxSegments * SegmentPlaintext) - HeaderLength;

    /// <summary>Number of segments of a plaintext: at least one, even of nothing.</summary>
    public static uint SegmentCount(long plaintextLength)
    {
        RequirePlaintextLength(plaintextLength);
        // The header takes plaintext's place in the first segment, so it counts as if it were plaintext.
        return (uint)Math.Max(1, (plaintextLength + HeaderLength + SegmentPlaintext - 1) / SegmentPlaintext);
    }

    /// <summary>Length of the whole stream, header included.</summary>
    public static long CiphertextLength(long plaintextLength) =>
        HeaderLength + plaintextLength + (SegmentCount(plaintextLength) * (long)TagLength);

    /// <summary>Length of the plaintext of a stream of this length, header included.</summary>
    /// <exception cref="SealedStreamFormatException">No stream has this length.</exception>
    public static long PlaintextLength(long ciphertextLength)
    {
        if (ciphertextLength < HeaderLength + TagLength || ciphertextLength > HeaderLength + MaxPlaintextLength + ((long)MaxSegments * TagLength))
        {
            throw new SealedStreamFormatException("stream", 0, $"no stream is {ciphertextLength} bytes long.");
        }

        var segments = (ciphertextLength + SegmentLength - 1) / SegmentLength;
        var last = ciphertextLength - ((segments - 1) * SegmentLength);
        if (segments > 1 && last <= TagLength)
        {
            throw new SealedStreamFormatException("stream", 0, $"no stream is {ciphertextLength} bytes long: its last segment would hold nothing.");
        }

        return ciphertextLength - HeaderLength - (segments * TagLength);
    }

    /// <summary>Where a segment's ciphertext starts in the stream.</summary>
    public static long CiphertextOffset(uint index) => index == 0 ? HeaderLength : (long)index * SegmentLength;

    /// <summary>Where a segment's plaintext starts in the whole plaintext.</summary>
    public static long PlaintextOffset(uint index) => index == 0 ? 0 : ((long)index * SegmentPlaintext) - HeaderLength;

    /// <summary>Plaintext length of one segment of a plaintext.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plaintext has no such segment.</exception>
    public static int SegmentPlaintextLength(uint index, long plaintextLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, SegmentCount(plaintextLength));
        return (int)Math.Min(MaxPlaintextOf(index), plaintextLength - PlaintextOffset(index));
    }

    /// <summary>The segment that holds a byte of the plaintext: the seam of random access.</summary>
    public static uint SegmentOf(long plaintextOffset)
    {
        RequirePlaintextLength(plaintextOffset);
        return (uint)((plaintextOffset + HeaderLength) / SegmentPlaintext);
    }

    internal static int MaxPlaintextOf(uint index) => index == 0 ? FirstSegmentPlaintext : SegmentPlaintext;

    static void RequirePlaintextLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxPlaintextLength);
    }
}
