using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Opens the segments of one stream, in any order and from any number of threads at once: each takes a cipher instance of
/// its own from a small pool.
/// </summary>
public sealed class SealedStreamOpener : IDisposable
{
    readonly byte[] _header;
    readonly SecretBytes _streamKey;
    readonly ConcurrentBag<AesGcm> _idle = [];
    volatile bool _disposed;

    SealedStreamOpener(byte[] header, SecretBytes streamKey)
    {
        _header = header;
        _streamKey = streamKey;
    }

    /// <summary>Starts opening a stream. A wrong key or other associated data show only when a segment does not open.</summary>
    /// <param name="key">The 32-byte key; check its <see cref="KeyCommitment"/> first, since AES-GCM commits to no key.</param>
    /// <param name="associatedData">The bytes the stream was sealed with.</param>
    /// <param name="header">The stream's first <see cref="SealedStreamFormat.HeaderLength"/> bytes; untrusted.</param>
    /// <exception cref="SealedStreamFormatException">The header has another length or names another layout.</exception>
    public static SealedStreamOpener Create(SecretBytes key, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> header)
    {
        if (header.Length != SealedStreamFormat.HeaderLength)
        {
            throw new SealedStreamFormatException("header", 0, $"{header.Length} bytes; expected {SealedStreamFormat.HeaderLength}.");
        }

        if (header[0] != SealedStreamFormat.HeaderLength)
        {
            throw new SealedStreamFormatException("header length", 0, $"{header[0]}; expected {SealedStreamFormat.HeaderLength}.");
        }

        return new SealedStreamOpener(header.ToArray(), SealedStreamKey.Derive(key, associatedData, header));
    }

    /// <summary>
    /// Opens one segment. False where it is altered, misplaced, of the wrong length, or wrongly called the last one; the whole
    /// destination is then zeroed. In place is allowed: the destination may start where the ciphertext does, and
    /// then a failure destroys the ciphertext.
    /// </summary>
    /// <param name="index">The segment's number in the stream.</param>
    /// <param name="last">Whether the stream ends with it, by the stream's length. It decides about truncation: derive it from where the stream really ends.</param>
    /// <param name="ciphertext">The segment with its tag, without the stream's header.</param>
    /// <param name="destination">Exactly 16 bytes shorter than the ciphertext.</param>
    public bool TryOpenSegment(uint index, bool last, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var length = ciphertext.Length - SealedStreamFormat.TagLength;
        var whole = SealedStreamFormat.MaxPlaintextOf(index);
        if (length > whole || (!last && length < whole) || (length <= 0 && index != 0) || length < 0 || index >= SealedStreamFormat.MaxSegments)
        {
            CryptographicOperations.ZeroMemory(destination);
            return false;
        }

        if (destination.Length != length)
        {
            throw new ArgumentException($"The destination has {destination.Length} bytes; expected {length}.", nameof(destination));
        }

        Span<byte> nonce = stackalloc byte[SealedStreamKey.NonceLength];
        SealedStreamKey.WriteNonce(_header.AsSpan(1 + SealedStreamFormat.SaltLength), index, last, nonce);
        var cipher = _idle.TryTake(out var idle) ? idle : new AesGcm(_streamKey.Reveal(SecretAccess.Cipher), SealedStreamFormat.TagLength);
        try
        {
            cipher.Decrypt(nonce, ciphertext[..length], ciphertext[length..], destination);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(destination);
            return false;
        }
        finally
        {
            Return(cipher);
        }
    }

    /// <summary>Erases the stream's key. Segments being opened on other threads finish first or fail.</summary>
    public void Dispose()
    {
        _disposed = true;
        _streamKey.Dispose();
        while (_idle.TryTake(out var cipher))
        {
            cipher.Dispose();
        }
    }

    void Return(AesGcm cipher)
    {
        _idle.Add(cipher);
        if (_disposed && _idle.TryTake(out var late))
        {
            late.Dispose();
        }
    }
}
