using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// One keyed AEAD instance, kept for the life of a stream: making a new one costs as much as sealing a kilobyte.
/// Not thread-safe.
/// </summary>
sealed class AeadCipher : IDisposable
{
    readonly AesGcm? _aes;
    readonly ChaCha20Poly1305? _chaCha;

    public AeadCipher(HpkeAead aead, ReadOnlySpan<byte> key)
    {
        switch (aead)
        {
            case HpkeAead.Aes128Gcm or HpkeAead.Aes256Gcm:
                _aes = new AesGcm(key, HpkeAlgorithms.TagLength);
                break;
            case HpkeAead.ChaCha20Poly1305:
                _chaCha = new ChaCha20Poly1305(key);
                break;
            default:
                throw HpkeAlgorithms.Unsupported("AEAD", (int)aead);
        }
    }

    /// <summary>Writes ciphertext and tag; the destination is exactly 16 bytes longer than the plaintext.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        var ciphertext = destination[..plaintext.Length];
        var tag = destination[plaintext.Length..];
        if (_aes is not null)
        {
            _aes.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
        else
        {
            _chaCha!.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
    }

    /// <summary>False when the tag does not match; the destination, exactly 16 bytes shorter than the input, is then zeroed.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        var body = ciphertext[..destination.Length];
        var tag = ciphertext[destination.Length..];
        try
        {
            if (_aes is not null)
            {
                _aes.Decrypt(nonce, body, tag, destination, associatedData);
            }
            else
            {
                _chaCha!.Decrypt(nonce, body, tag, destination, associatedData);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(destination);
            return false;
        }
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }
}
