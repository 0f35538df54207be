using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Guard.Jose;

/// <summary>One content encryption algorithm: RFC 7518 §5.2 (AES-CBC with HMAC) and §5.3 (AES-GCM).</summary>
sealed record ContentCipher(string Name, int KeyLength, int NonceLength, int TagLength, HashAlgorithmName Hash)
{
    static readonly ContentCipher[] s_all =
    [
        new("A128GCM", 16, 12, 16, default),
        new("A192GCM", 24, 12, 16, default),
        new("A256GCM", 32, 12, 16, default),
        new("A128CBC-HS256", 32, 16, 16, HashAlgorithmName.SHA256),
        new("A192CBC-HS384", 48, 16, 24, HashAlgorithmName.SHA384),
        new("A256CBC-HS512", 64, 16, 32, HashAlgorithmName.SHA512),
    ];

    bool IsGcm => Hash.Name is null;

    public static ContentCipher? Find(string? name) => Array.Find(s_all, cipher => cipher.Name == name);

    public (byte[] Ciphertext, byte[] Tag) Encrypt(ReadOnlySpan<byte> key, byte[] nonce, byte[] plaintext, byte[] associatedData)
    {
        if (IsGcm)
        {
            var (ciphertext, tag) = (new byte[plaintext.Length], new byte[TagLength]);
            using var gcm = new AesGcm(key, TagLength);
            gcm.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
            return (ciphertext, tag);
        }

        using var aes = Aes.Create();
        aes.SetKey(key[(KeyLength / 2)..]);
        var enciphered = aes.EncryptCbc(plaintext, nonce);
        return (enciphered, Authenticate(key[..(KeyLength / 2)], nonce, enciphered, associatedData));
    }

    /// <summary>Null whenever it does not open.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> key, JweMessage message)
    {
        if (message.Nonce.Length != NonceLength || message.Tag.Length != TagLength)
        {
            return null;
        }

        try
        {
            if (IsGcm)
            {
                var plaintext = new byte[message.Ciphertext.Length];
                using var gcm = new AesGcm(key, TagLength);
                gcm.Decrypt(message.Nonce, message.Ciphertext, message.Tag, plaintext, message.AssociatedData);
                return plaintext;
            }

            // The tag first: padding is not looked at before it is known to be the sender's.
            var expected = Authenticate(key[..(KeyLength / 2)], message.Nonce, message.Ciphertext, message.AssociatedData);
            if (!CryptographicOperations.FixedTimeEquals(expected, message.Tag))
            {
                return null;
            }

            using var aes = Aes.Create();
            aes.SetKey(key[(KeyLength / 2)..]);
            return aes.DecryptCbc(message.Ciphertext, message.Nonce);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // RFC 7518 §5.2.2.1.
    byte[] Authenticate(ReadOnlySpan<byte> key, byte[] nonce, byte[] ciphertext, byte[] associatedData)
    {
        using var mac = IncrementalHash.CreateHMAC(Hash, key);
        mac.AppendData(associatedData);
        mac.AppendData(nonce);
        mac.AppendData(ciphertext);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)associatedData.Length * 8);
        mac.AppendData(length);
        return mac.GetHashAndReset()[..TagLength];
    }
}
