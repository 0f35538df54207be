using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Seals one stream, segment after segment in order: sealing a number twice would use a nonce twice, so it cannot be done.
/// Not thread-safe; one per stream.
/// </summary>
public sealed class SealedStreamSealer : IDisposable
{
    readonly byte[] _header;
    readonly AesGcm _cipher;
    uint _next;
    bool _finished;

    SealedStreamSealer(byte[] header, AesGcm cipher)
    {
        _header = header;
        _cipher = cipher;
    }

    /// <summary>The stream's header, <see cref="SealedStreamFormat.HeaderLength"/> bytes, which go before the first segment.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>Starts a stream with a fresh salt and nonce prefix.</summary>
    /// <param name="key">32 bytes; many streams may be sealed under it.</param>
    /// <param name="associatedData">What the stream is: it opens only with the same bytes. At most <see cref="SealedStreamFormat.MaxAssociatedData"/>.</param>
    public static SealedStreamSealer Create(SecretBytes key, ReadOnlySpan<byte> associatedData)
    {
        var header = new byte[SealedStreamFormat.HeaderLength];
        header[0] = SealedStreamFormat.HeaderLength;
        RandomNumberGenerator.Fill(header.AsSpan(1));
        using var streamKey = SealedStreamKey.Derive(key, associatedData, header);
        return new SealedStreamSealer(header, new AesGcm(streamKey.Reveal(SecretAccess.Cipher), SealedStreamFormat.TagLength));
    }

    /// <summary>
    /// Seals the next segment and returns the bytes written, 16 more than the plaintext. In place is allowed: the
    /// destination may start where the plaintext does.
    /// </summary>
    /// <param name="index">The segment's number: zero, then one more each time.</param>
    /// <param name="last">Whether it is the stream's last.</param>
    /// <param name="plaintext">Exactly a whole segment's worth unless it is the last; the last holds at least one byte unless it is also the first.</param>
    /// <param name="destination">At least 16 bytes longer than the plaintext.</param>
    public int SealSegment(uint index, bool last, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        if (_finished || index != _next || index >= SealedStreamFormat.MaxSegments)
        {
            throw new InvalidOperationException(_finished ? "The last segment is sealed; nothing follows it." : $"Segment {_next} is next, not {index}.");
        }

        var whole = SealedStreamFormat.MaxPlaintextOf(index);
        if (plaintext.Length > whole || (!last && plaintext.Length < whole) || (plaintext.IsEmpty && index != 0))
        {
            throw new ArgumentException($"Segment {index} has {plaintext.Length} bytes; expected {(last ? "1 to " : string.Empty)}{whole}.", nameof(plaintext));
        }

        var length = plaintext.Length + SealedStreamFormat.TagLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));

        // Counted before sealing: a nonce that may have been used is never used again.
        _next++;
        _finished = last;
        Span<byte> nonce = stackalloc byte[SealedStreamKey.NonceLength];
        SealedStreamKey.WriteNonce(_header.AsSpan(1 + SealedStreamFormat.SaltLength), index, last, nonce);
        _cipher.Encrypt(nonce, plaintext, destination[..plaintext.Length], destination[plaintext.Length..length]);
        return length;
    }

    /// <summary>Erases the stream's key.</summary>
    public void Dispose() => _cipher.Dispose();
}
