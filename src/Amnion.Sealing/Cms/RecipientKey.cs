using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// A one-time RSA key to which AWS KMS encrypts what a request with a recipient asks for. The private half lives inside the platform's
/// cryptographic library and has no export. Use it for one envelope and dispose it: OAEP and CBC then answer no second question about it.
/// </summary>
public sealed class RecipientKey : IDisposable
{
    const int ContentKeyLength = 32;
    const int AesBlock = 16;

    readonly RSA _key;

    RecipientKey(RSA key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo in DER, for the public_key field of an attestation document: 294 bytes at 2048 bits, 550 at 4096.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A fresh key.</summary>
    /// <param name="bits">Length of the modulus: 2048, 3072 or 4096.</param>
    public static RecipientKey Generate(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bits is 2048 or 3072 or 4096, true, nameof(bits));
        var key = RSA.Create(bits);
        try
        {
            return new RecipientKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A key in PKCS #8, as the published samples have it.</summary>
    internal static RecipientKey Import(ReadOnlySpan<byte> pkcs8)
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new RecipientKey(key);
    }

    /// <summary>
    /// Opens an envelope whose content must have exactly <paramref name="length"/> bytes: the padding is then known in full and compared as a
    /// whole, so that no answer tells how much of it was right. The content is not authenticated: compare it with a commitment.
    /// </summary>
    /// <param name="envelope">CiphertextForRecipient; untrusted.</param>
    /// <param name="length">Bytes of the content.</param>
    /// <exception cref="SealedMessageException">Malformed, for another key, altered, or of another length; nobody learns which.</exception>
    public SecretBytes Open(ReadOnlySpan<byte> envelope, int length)
    {
        RecipientEnvelope parsed;
        try
        {
            parsed = RecipientEnvelope.Parse(envelope);
        }
        catch (CmsFormatException)
        {
            throw new SealedMessageException();
        }

        var padding = AesBlock - (length % AesBlock);
        if (parsed.Ciphertext.Length != length + padding || parsed.EncryptedKey.Length != _key.KeySize / 8)
        {
            throw new SealedMessageException();
        }

        using var contentKey = UnwrapContentKey(parsed.EncryptedKey);
        using var padded = SecretBytes.Create(parsed.Ciphertext.Length, (contentKey, parsed), static (output, state) =>
        {
            using var aes = Aes.Create();
            aes.SetKey(state.contentKey.Reveal(SecretAccess.Cipher));
            _ = aes.DecryptCbc(state.parsed.Ciphertext, state.parsed.Iv, output, PaddingMode.None);
        });
        Span<byte> expected = stackalloc byte[padding];
        expected.Fill((byte)padding);
        var bytes = padded.Reveal(SecretAccess.Comparison);
        return CryptographicOperations.FixedTimeEquals(bytes[length..], expected)
            ? SecretBytes.CopyOf(bytes[..length])
            : throw new SealedMessageException();
    }

    /// <summary>Frees the key; the library zeroes it.</summary>
    public void Dispose() => _key.Dispose();

    // Where the key does not decrypt, a random one goes on in its place: what follows fails the same way as for a right key and a wrong content.
    SecretBytes UnwrapContentKey(byte[] encryptedKey)
    {
        using var decrypted = SecretBytes.Create(_key.KeySize / 8, (_key, encryptedKey), static (output, state) =>
        {
            RandomNumberGenerator.Fill(output);
            Span<byte> fallback = stackalloc byte[ContentKeyLength];
            output[..ContentKeyLength].CopyTo(fallback);
            var whole = false;
            try
            {
                whole = state._key.TryDecrypt(state.encryptedKey, output, RSAEncryptionPadding.OaepSHA256, out var written) && written == ContentKeyLength;
            }
            catch (CryptographicException)
            {
                // The random key stays.
            }

            if (!whole)
            {
                fallback.CopyTo(output);
            }

            CryptographicOperations.ZeroMemory(fallback);
        });
        return SecretBytes.CopyOf(decrypted.Reveal(SecretAccess.Cipher)[..ContentKeyLength]);
    }
}
