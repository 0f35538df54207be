using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Guard.Fields;

namespace Amnion.Guard.Jose;

/// <summary>JSON Web Encryption, RFC 7516, with the algorithms of RFC 7518 but RSA1_5.</summary>
public static class Jwe
{
    /// <summary>PBKDF2 iterations of what is sealed with a password: OWASP's number for SHA-256 (2023).</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>Opens a JWE in the compact serialisation.</summary>
    /// <exception cref="JweFormatException"><see cref="FieldCodes.MalformedJwe"/>: no such text.</exception>
    public static JweResult OpenCompact(string text, JweKey key, JwePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Open(JweMessage.ParseCompact(text), key, policy);
    }

    /// <summary>Opens a JWE in the JSON serialisation, general or flattened, of at most 16 recipients. The key opens the first recipient's part that it fits.</summary>
    /// <exception cref="JweFormatException"><see cref="FieldCodes.MalformedJwe"/>: no such text.</exception>
    public static JweResult OpenJson(ReadOnlySpan<byte> json, JweKey key, JwePolicy policy) => Open(JweMessage.ParseJson(json), key, policy);

    /// <summary>Seals to the compact serialisation.</summary>
    /// <param name="plaintext">At most 4 MiB.</param>
    /// <param name="key">A key that fits the algorithm; a public one suffices for RSA-OAEP and ECDH-ES.</param>
    /// <param name="keyAlgorithm">"alg", one of <see cref="JwePolicy.KeyAlgorithms"/>.</param>
    /// <param name="contentAlgorithm">"enc", one of <see cref="JwePolicy.ContentAlgorithms"/>.</param>
    /// <exception cref="ArgumentException">An unknown algorithm, a key that does not fit it, or a plaintext that is too long.</exception>
    public static string SealCompact(ReadOnlySpan<byte> plaintext, JweKey key, string keyAlgorithm, string contentAlgorithm)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, 1 << 22);
        var algorithm = KeyAlgorithm.Find(keyAlgorithm) ?? throw new ArgumentException("Not an algorithm of JwePolicy.KeyAlgorithms.", nameof(keyAlgorithm));
        var cipher = ContentCipher.Find(contentAlgorithm) ?? throw new ArgumentException("Not an algorithm of JwePolicy.ContentAlgorithms.", nameof(contentAlgorithm));
        if (!algorithm.Fits(key, cipher))
        {
            throw new ArgumentException("The key does not fit the algorithm.", nameof(key));
        }

        var (contentKey, encryptedKey, write) = algorithm.Make(key, cipher, DefaultIterations);
        var header = Base64Url.EncodeToString(WriteHeader(key, algorithm, cipher, write));
        var nonce = RandomNumberGenerator.GetBytes(cipher.NonceLength);
        var copy = plaintext.ToArray();
        var (ciphertext, tag) = cipher.Encrypt(contentKey, nonce, copy, Encoding.ASCII.GetBytes(header));
        CryptographicOperations.ZeroMemory(copy);
        CryptographicOperations.ZeroMemory(contentKey);
        return string.Join('.', header, Base64Url.EncodeToString(encryptedKey), Base64Url.EncodeToString(nonce), Base64Url.EncodeToString(ciphertext), Base64Url.EncodeToString(tag));
    }

    static byte[] WriteHeader(JweKey key, KeyAlgorithm algorithm, ContentCipher cipher, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("alg", algorithm.Name);
            if (key.KeyId is { } keyId)
            {
                json.WriteString("kid", keyId);
            }

            write(json);
            json.WriteString("enc", cipher.Name);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    static JweResult Open(JweMessage message, JweKey key, JwePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(policy);
        JweResult result = new JweResult.Refused(FieldCodes.JweAlgorithmRefused);
        foreach (var (header, encryptedKey) in message.Recipients)
        {
            if (Accept(header, key, policy) is not var (algorithm, cipher))
            {
                continue;
            }

            result = Open(message, header, encryptedKey, key, policy, algorithm, cipher);
            if (result is JweResult.Opened)
            {
                return result;
            }
        }

        return result;
    }

    static (KeyAlgorithm Algorithm, ContentCipher Cipher)? Accept(JweHeader header, JweKey key, JwePolicy policy)
    {
        // RFC 7516 §4.1.13: no extension is understood here.
        if (header.Find("crit") is not null || (!policy.AllowUnprotectedAlgorithms && !(header.Protects("alg") && header.Protects("enc"))))
        {
            return null;
        }

        var (alg, enc, keyId) = (header.Text("alg"), header.Text("enc"), header.Text("kid"));
        if (alg is null || enc is null || !policy.KeyAlgorithms.Contains(alg) || !policy.ContentAlgorithms.Contains(enc) || (keyId is not null && key.KeyId is not null && keyId != key.KeyId))
        {
            return null;
        }

        return KeyAlgorithm.Find(alg) is { } algorithm && ContentCipher.Find(enc) is { } cipher && algorithm.Fits(key, cipher) ? (algorithm, cipher) : null;
    }

    static JweResult Open(JweMessage message, JweHeader header, byte[] encryptedKey, JweKey key, JwePolicy policy, KeyAlgorithm algorithm, ContentCipher cipher)
    {
        var zip = header.Text("zip");
        if (zip is not null && (!policy.AllowCompression || zip != "DEF" || !header.Protects("zip")))
        {
            return new JweResult.Refused(FieldCodes.JweCompressionRefused);
        }

        // RFC 7516 §11.5: without the content key a random one is used, so that a wrong key and a wrong tag look and last alike.
        var contentKey = algorithm.Recover(key, header, encryptedKey, cipher, policy.MaxIterations);
        if (contentKey?.Length != cipher.KeyLength)
        {
            CryptographicOperations.ZeroMemory(contentKey);
            contentKey = RandomNumberGenerator.GetBytes(cipher.KeyLength);
        }

        var plaintext = message.Ciphertext.Length <= policy.MaxPlaintextLength + cipher.NonceLength ? cipher.Decrypt(contentKey, message) : null;
        CryptographicOperations.ZeroMemory(contentKey);
        if (plaintext is null || plaintext.Length > policy.MaxPlaintextLength)
        {
            return new JweResult.Refused(FieldCodes.JweNotOpened);
        }

        if (zip is not null)
        {
            var deflated = plaintext;
            plaintext = Inflate(deflated, policy.MaxPlaintextLength);
            CryptographicOperations.ZeroMemory(deflated);
            if (plaintext is null)
            {
                return new JweResult.Refused(FieldCodes.JweCompressionRefused);
            }
        }

        return new JweResult.Opened(plaintext, algorithm.Name, cipher.Name, message.AdditionalData);
    }

    // RFC 1951, never further than the limit: a few bytes can stand for gigabytes.
    static byte[]? Inflate(byte[] deflated, int maxLength)
    {
        var plaintext = new byte[Math.Min(maxLength, 64 * 1024) + 1];
        var length = 0;
        try
        {
            using var stream = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
            for (int read; (read = stream.Read(plaintext, length, plaintext.Length - length)) > 0;)
            {
                length += read;
                if (length > maxLength)
                {
                    CryptographicOperations.ZeroMemory(plaintext);
                    return null;
                }

                if (length == plaintext.Length)
                {
                    var longer = new byte[(int)Math.Min(maxLength + 1L, length * 2L)];
                    plaintext.CopyTo(longer, 0);
                    CryptographicOperations.ZeroMemory(plaintext);
                    plaintext = longer;
                }
            }
        }
        catch (InvalidDataException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return null;
        }

        var result = plaintext[..length];
        CryptographicOperations.ZeroMemory(plaintext);
        return result;
    }
}
