using System.Buffers.Binary;
using System.Security.Cryptography;
using Amnion.Records;
using Amnion.Sealing;

namespace Amnion.KeyBroker;

/// <summary>
/// The broker's root key: 32 bytes from which the wrapping key, the check value in the database and the audit seal's key are
/// derived (HKDF-SHA256, RFC 5869), each under its own label.
/// </summary>
sealed class RootKey : IDisposable
{
    public const int Length = 32;

    /// <summary>Bytes of a data key, and of a P-256 private key.</summary>
    public const int DataKeyLength = 32;

    /// <summary>Bytes of a wrapped key: nonce, ciphertext and tag.</summary>
    public const int WrappedLength = NonceLength + DataKeyLength + TagLength;

    const int NonceLength = 12;
    const int TagLength = 16;

    readonly SecretBytes _key;

    /// <summary>Takes ownership of <paramref name="key"/>.</summary>
    public RootKey(SecretBytes key)
    {
        _key = key.Length == Length ? key : throw new ArgumentException($"A root key is {Length} bytes.", nameof(key));
        Span<byte> check = stackalloc byte[Length];
        Derive("amnion/broker/check"u8, check);
        Check = Digest.FromBytes(check);
    }

    /// <summary>What the database stores to recognise this key. It reveals nothing about it.</summary>
    public Digest Check { get; }

    public void Dispose() => _key.Dispose();

    /// <summary>Writes the key itself to its file.</summary>
    public void Save(Stream file) => file.Write(_key.Reveal(SecretAccess.Wrapping));

    /// <summary>Wraps a key: AES-256-GCM with a random nonce, bound to what <paramref name="binding"/> says it is.</summary>
    public byte[] Wrap(SecretBytes key, KeyBinding binding)
    {
        var wrapped = new byte[WrappedLength];
        var nonce = wrapped.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = CreateCipher();
        cipher.Encrypt(nonce, key.Reveal(SecretAccess.Wrapping), wrapped.AsSpan(NonceLength, DataKeyLength), wrapped.AsSpan(NonceLength + DataKeyLength), binding.ToJson());
        return wrapped;
    }

    /// <summary>Opens a wrapped key. The caller disposes it.</summary>
    /// <exception cref="KeyBrokerException">Anything differs from what was wrapped.</exception>
    public SecretBytes Unwrap(ReadOnlySpan<byte> wrapped, KeyBinding binding)
    {
        if (wrapped.Length != WrappedLength)
        {
            throw Damaged(binding);
        }

        using var cipher = CreateCipher();
        try
        {
            return SecretBytes.Create(DataKeyLength, new Opening(cipher, wrapped, binding.ToJson()), static (plaintext, opening) => opening.Decrypt(plaintext));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(binding);
        }
    }

    /// <summary>Authenticates the end of the audit log, so that neither it nor anything before it can be replaced without this key.</summary>
    public byte[] SealAudit(long sequence, ReadOnlySpan<byte> hash)
    {
        Span<byte> end = stackalloc byte[sizeof(long) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(end, sequence);
        hash.CopyTo(end[sizeof(long)..]);
        Span<byte> key = stackalloc byte[Length];
        Derive("amnion/broker/audit"u8, key);
        try
        {
            return HMACSHA256.HashData(key, end);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    AesGcm CreateCipher()
    {
        Span<byte> key = stackalloc byte[Length];
        Derive("amnion/broker/wrap"u8, key);
        try
        {
            return new AesGcm(key, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    void Derive(ReadOnlySpan<byte> label, Span<byte> output) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key.Reveal(SecretAccess.KeyDerivation), output, [], label);

    static KeyBrokerException Damaged(KeyBinding binding) =>
        new(KeyBrokerCodes.KeyDamaged, $"{binding.What} does not open under the root key: its bytes or what they are bound to were altered");

    readonly ref struct Opening(AesGcm cipher, ReadOnlySpan<byte> wrapped, byte[] associatedData)
    {
        readonly ReadOnlySpan<byte> _wrapped = wrapped;

        public void Decrypt(Span<byte> plaintext) =>
            cipher.Decrypt(_wrapped[..NonceLength], _wrapped.Slice(NonceLength, DataKeyLength), _wrapped[(NonceLength + DataKeyLength)..], plaintext, associatedData);
    }
}
