using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// An AEAD whose nonce is a base nonce XOR a message counter: the HPKE context's sealing (RFC 9180 §5.2), and the same
/// construction for OHTTP response chunks (draft-ietf-ohai-chunked-ohttp §6.2). Not thread-safe.
/// </summary>
sealed class SequencedCipher : IDisposable
{
    /// <summary>
    /// Messages per key. RFC 9180 would allow 2^96; AES-GCM's margins do not, and no stream here comes near 2^32.
    /// </summary>
    const ulong MaxMessages = 1UL << 32;

    readonly AeadCipher _cipher;
    readonly byte[] _baseNonce;
    ulong _sequence;

    public SequencedCipher(HpkeAead aead, ReadOnlySpan<byte> key, ReadOnlySpan<byte> baseNonce)
    {
        _cipher = new AeadCipher(aead, key);
        _baseNonce = baseNonce.ToArray();
    }

    public void Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[HpkeAlgorithms.NonceLength];
        NextNonce(nonce);
        // Counted before use: a nonce that may have been used is never used again, even if sealing throws.
        _sequence++;
        _cipher.Seal(nonce, associatedData, plaintext, destination);
    }

    /// <summary>The counter advances only on success (RFC 9180 §5.2).</summary>
    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[HpkeAlgorithms.NonceLength];
        NextNonce(nonce);
        if (!_cipher.TryOpen(nonce, associatedData, ciphertext, destination))
        {
            return false;
        }

        _sequence++;
        return true;
    }

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_baseNonce);
    }

    void NextNonce(Span<byte> nonce)
    {
        if (_sequence >= MaxMessages)
        {
            throw new InvalidOperationException("This key has sealed as many messages as it may.");
        }

        _baseNonce.CopyTo(nonce);
        var low = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ _sequence);
    }
}
