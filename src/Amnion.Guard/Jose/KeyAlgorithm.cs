using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Jose;

/// <summary>One key management algorithm of RFC 7518 §4: how the content key is found from a recipient's part, and how that part is made.</summary>
/// <param name="Name">The "alg".</param>
/// <param name="Kind">Its family.</param>
/// <param name="WrapLength">Bytes of the key that wraps the content key; 0 where none does.</param>
sealed record KeyAlgorithm(string Name, KeyAlgorithmKind Kind, int WrapLength = 0)
{
    const int MinIterations = 1000;

    static readonly KeyAlgorithm[] s_all =
    [
        new("dir", KeyAlgorithmKind.Direct),
        new("A128KW", KeyAlgorithmKind.Wrap, 16), new("A192KW", KeyAlgorithmKind.Wrap, 24), new("A256KW", KeyAlgorithmKind.Wrap, 32),
        new("A128GCMKW", KeyAlgorithmKind.GcmWrap, 16), new("A192GCMKW", KeyAlgorithmKind.GcmWrap, 24), new("A256GCMKW", KeyAlgorithmKind.GcmWrap, 32),
        new("RSA-OAEP", KeyAlgorithmKind.Oaep), new("RSA-OAEP-256", KeyAlgorithmKind.Oaep),
        new("ECDH-ES", KeyAlgorithmKind.Agreement),
        new("ECDH-ES+A128KW", KeyAlgorithmKind.Agreement, 16), new("ECDH-ES+A192KW", KeyAlgorithmKind.Agreement, 24), new("ECDH-ES+A256KW", KeyAlgorithmKind.Agreement, 32),
        new("PBES2-HS256+A128KW", KeyAlgorithmKind.Password, 16), new("PBES2-HS384+A192KW", KeyAlgorithmKind.Password, 24), new("PBES2-HS512+A256KW", KeyAlgorithmKind.Password, 32),
    ];

    RSAEncryptionPadding Padding => Name == "RSA-OAEP" ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256;

    HashAlgorithmName PasswordHash => WrapLength switch
    {
        16 => HashAlgorithmName.SHA256,
        24 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    public static KeyAlgorithm? Find(string? name) => Array.Find(s_all, algorithm => algorithm.Name == name);

    /// <summary>Whether the key can be used with it: its kind and length, and the algorithm that the key names, if it names one.</summary>
    public bool Fits(JweKey key, ContentCipher cipher)
    {
        if (key.Algorithm is { } only && only != Name && !(Kind == KeyAlgorithmKind.Direct && only == cipher.Name))
        {
            return false;
        }

        return Kind switch
        {
            KeyAlgorithmKind.Direct => !key.IsPassword && key.Secret.Length == cipher.KeyLength,
            KeyAlgorithmKind.Wrap or KeyAlgorithmKind.GcmWrap => !key.IsPassword && key.Secret.Length == WrapLength,
            KeyAlgorithmKind.Oaep => key.Rsa is not null,
            KeyAlgorithmKind.Agreement => key.Agreement is not null,
            _ => key.IsPassword,
        };
    }

    /// <summary>The content key, or null where it cannot be found.</summary>
    public byte[]? Recover(JweKey key, JweHeader header, byte[] encryptedKey, ContentCipher cipher, int maxIterations)
    {
        switch (Kind)
        {
            case KeyAlgorithmKind.Direct:
                return encryptedKey.Length == 0 ? key.Secret.ToArray() : null;
            case KeyAlgorithmKind.Wrap:
                return Unwrap(key.Secret, encryptedKey);
            case KeyAlgorithmKind.GcmWrap:
                return GcmUnwrap(key.Secret, header, encryptedKey);
            case KeyAlgorithmKind.Oaep:
                try
                {
                    return key.Rsa!.Decrypt(encryptedKey, Padding);
                }
                catch (CryptographicException)
                {
                    return null;
                }

            case KeyAlgorithmKind.Agreement:
                return Agree(key.Agreement!, header, encryptedKey, cipher);
            default:
                return Stretch(key, header, maxIterations) is { } wrapping ? UnwrapOnce(wrapping, encryptedKey) : null;
        }
    }

    /// <summary>Makes a content key, or takes the one that the key is, and says how: the encrypted key, and what writes its members of the header.</summary>
    public (byte[] ContentKey, byte[] EncryptedKey, Action<Utf8JsonWriter> Write) Make(JweKey key, ContentCipher cipher, int iterations)
    {
        var contentKey = RandomNumberGenerator.GetBytes(cipher.KeyLength);
        switch (Kind)
        {
            case KeyAlgorithmKind.Direct:
                return (key.Secret.ToArray(), [], static _ => { });
            case KeyAlgorithmKind.Wrap:
                return (contentKey, AesKeyWrap.Wrap(key.Secret, contentKey), static _ => { });
            case KeyAlgorithmKind.GcmWrap:
                var (nonce, tag, wrapped) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[contentKey.Length]);
                using (var gcm = new AesGcm(key.Secret, 16))
                {
                    gcm.Encrypt(nonce, contentKey, wrapped, tag);
                }

                return (contentKey, wrapped, json => JoseHeader.WriteGcm(json, nonce, tag));
            case KeyAlgorithmKind.Oaep:
                return (contentKey, key.Rsa!.Encrypt(contentKey, Padding), static _ => { });
            case KeyAlgorithmKind.Agreement:
                using (var ephemeral = ECDiffieHellman.Create(key.Agreement!.ExportParameters(false).Curve))
                {
                    var point = ephemeral.ExportParameters(false).Q;
                    var size = ephemeral.KeySize;
                    var agreed = KeyAgreement.Derive(ephemeral, key.Agreement, WrapLength == 0 ? cipher.Name : Name, [], [], WrapLength == 0 ? cipher.KeyLength : WrapLength);
                    return WrapLength == 0 ? (agreed, [], json => JoseHeader.WritePoint(json, size, point)) : (contentKey, WrapOnce(agreed, contentKey), json => JoseHeader.WritePoint(json, size, point));
                }

            default:
                var salt = RandomNumberGenerator.GetBytes(16);
                var stretched = Rfc2898DeriveBytes.Pbkdf2(key.Secret, [.. Encoding.ASCII.GetBytes(Name), 0, .. salt], iterations, PasswordHash, WrapLength);
                return (contentKey, WrapOnce(stretched, contentKey), json => JoseHeader.WritePassword(json, salt, iterations));
        }
    }

    static byte[]? Unwrap(ReadOnlySpan<byte> wrapping, byte[] encryptedKey) => AesKeyWrap.TryUnwrap(wrapping, encryptedKey, out var key) ? key : null;

    // With a key that is for this alone.
    static byte[]? UnwrapOnce(byte[] wrapping, byte[] encryptedKey)
    {
        var key = Unwrap(wrapping, encryptedKey);
        CryptographicOperations.ZeroMemory(wrapping);
        return key;
    }

    static byte[] WrapOnce(byte[] wrapping, byte[] contentKey)
    {
        var wrapped = AesKeyWrap.Wrap(wrapping, contentKey);
        CryptographicOperations.ZeroMemory(wrapping);
        return wrapped;
    }

    static byte[]? GcmUnwrap(ReadOnlySpan<byte> wrapping, JweHeader header, byte[] encryptedKey)
    {
        var nonce = header.Bytes("iv", 64);
        var tag = header.Bytes("tag", 64);
        if (nonce.Length != 12 || tag.Length != 16)
        {
            return null;
        }

        var key = new byte[encryptedKey.Length];
        using var gcm = new AesGcm(wrapping, 16);
        try
        {
            gcm.Decrypt(nonce, encryptedKey, tag, key);
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    byte[]? Agree(ECDiffieHellman own, JweHeader header, byte[] encryptedKey, ContentCipher cipher)
    {
        using var ephemeral = header.Find("epk") is { } epk ? JweKey.ReadPoint(epk, own.KeySize) : null;
        if (ephemeral is null)
        {
            return null;
        }

        var (partyU, partyV) = (header.Bytes("apu", 1024), header.Bytes("apv", 1024));
        try
        {
            if (WrapLength == 0)
            {
                return encryptedKey.Length == 0 ? KeyAgreement.Derive(own, ephemeral, cipher.Name, partyU, partyV, cipher.KeyLength) : null;
            }

            return UnwrapOnce(KeyAgreement.Derive(own, ephemeral, Name, partyU, partyV, WrapLength), encryptedKey);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    byte[]? Stretch(JweKey key, JweHeader header, int maxIterations)
    {
        var salt = header.Bytes("p2s", 1024);
        if (salt.Length < 8 || header.Find("p2c") is not { ValueKind: JsonValueKind.Number } count || !count.TryGetInt32(out var iterations) || iterations < MinIterations || iterations > Math.Min(maxIterations, JwePolicy.MostIterations))
        {
            return null;
        }

        return Rfc2898DeriveBytes.Pbkdf2(key.Secret, [.. Encoding.ASCII.GetBytes(Name), 0, .. salt], iterations, PasswordHash, WrapLength);
    }
}
