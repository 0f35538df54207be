using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>What both sides derive from a stream's header: the stream's own AES-256 key, and its segments' nonces.</summary>
static class SealedStreamKey
{
    public const int NonceLength = 12;

    /// <summary>HKDF-SHA256 with the header's salt, and the associated data as info.</summary>
    public static SecretBytes Derive(SecretBytes key, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> header)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != SealedStreamFormat.KeyLength)
        {
            throw new ArgumentException($"A stream's key has {SealedStreamFormat.KeyLength} bytes.", nameof(key));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, SealedStreamFormat.MaxAssociatedData, nameof(associatedData));
        var input = new Input(key, header.Slice(1, SealedStreamFormat.SaltLength), associatedData);
        return SecretBytes.Create(SealedStreamFormat.KeyLength, input, static (output, state) =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, state.Key.Reveal(SecretAccess.KeyDerivation), output, state.Salt, state.Info));
    }

    /// <summary>Prefix, segment number, and whether it is the last: a segment moved, or a stream cut, does not open.</summary>
    public static void WriteNonce(ReadOnlySpan<byte> prefix, uint index, bool last, Span<byte> nonce)
    {
        prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[SealedStreamFormat.NoncePrefixLength..], index);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }

    readonly ref struct Input(SecretBytes key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        public SecretBytes Key { get; } = key;

        public ReadOnlySpan<byte> Salt { get; } = salt;

        public ReadOnlySpan<byte> Info { get; } = info;
    }
}
