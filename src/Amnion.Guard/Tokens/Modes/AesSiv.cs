using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>
/// AES-SIV, RFC 5297: deterministic authenticated encryption over a list of associated data, composed over the BCL's AES. The same plaintext under the
/// same key and the same associated data gives the same bytes, and that is all an observer learns. For the nonce-based form (§3) the nonce is the last
/// associated data.
/// </summary>
public sealed class AesSiv : IDisposable
{
    /// <summary>Bytes of the synthetic IV, which stands before the ciphertext.</summary>
    public const int TagLength = 16;

    /// <summary>Most associated data: 127 strings with the plaintext, RFC 5297 §2.4 and §7.</summary>
    public const int MaxAssociatedData = 126;

    /// <summary>Longest plaintext, in bytes: 16 MiB.</summary>
    public const int MaxLength = 1 << 24;

    const int Chunk = 4096;

    readonly AesCmac _mac;
    readonly Aes _cipher;

    /// <param name="key">32, 48 or 64 bytes: the first half authenticates, the second enciphers. The caller zeroes its own.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public AesSiv(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (32 or 48 or 64))
        {
            throw new ArgumentException($"An AES-SIV key is 32, 48 or 64 bytes; got {key.Length}.", nameof(key));
        }

        _mac = new AesCmac(key[..(key.Length / 2)]);
        _cipher = AesKey.Create(key[(key.Length / 2)..]);
    }

    /// <summary>Encrypts: RFC 5297 §2.6.</summary>
    /// <param name="plaintext">At most <see cref="MaxLength"/> bytes.</param>
    /// <param name="output">The synthetic IV and the ciphertext: <see cref="TagLength"/> bytes more than the plaintext; must not overlap it.</param>
    /// <param name="associatedData">What the plaintext is bound to, at most <see cref="MaxAssociatedData"/> strings; none is not the same as one that is empty.</param>
    /// <exception cref="ArgumentException">A length or a count is beyond what is said above.</exception>
    public void Seal(ReadOnlySpan<byte> plaintext, Span<byte> output, params ReadOnlySpan<ReadOnlyMemory<byte>> associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, MaxLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, MaxAssociatedData);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, plaintext.Length + TagLength);
        var tag = output[..TagLength];
        Synthesize(plaintext, associatedData, tag);
        ApplyKeyStream(plaintext, output[TagLength..], tag);
    }

    /// <summary>Decrypts: RFC 5297 §2.7. False, with <paramref name="plaintext"/> zeroed, whenever anything differs from what was sealed.</summary>
    /// <param name="sealedBytes">The synthetic IV and the ciphertext.</param>
    /// <param name="plaintext"><see cref="TagLength"/> bytes less than <paramref name="sealedBytes"/>; must not overlap it.</param>
    /// <param name="associatedData">The same strings in the same order.</param>
    /// <exception cref="ArgumentException">The output has another length, or there are too many strings.</exception>
    public bool TryOpen(ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext, params ReadOnlySpan<ReadOnlyMemory<byte>> associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, MaxAssociatedData);
        ArgumentOutOfRangeException.ThrowIfNotEqual(plaintext.Length, Math.Max(0, sealedBytes.Length - TagLength));
        if (sealedBytes.Length < TagLength || plaintext.Length > MaxLength)
        {
            plaintext.Clear();
            return false;
        }

        Span<byte> expected = stackalloc byte[TagLength];
        ApplyKeyStream(sealedBytes[TagLength..], plaintext, sealedBytes[..TagLength]);
        Synthesize(plaintext, associatedData, expected);
        if (CryptographicOperations.FixedTimeEquals(expected, sealedBytes[..TagLength]))
        {
            return true;
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return false;
    }

    /// <summary>Releases the keys.</summary>
    public void Dispose()
    {
        _mac.Dispose();
        _cipher.Dispose();
    }

    // S2V, RFC 5297 §2.4.
    void Synthesize(ReadOnlySpan<byte> plaintext, ReadOnlySpan<ReadOnlyMemory<byte>> associatedData, Span<byte> tag)
    {
        Span<byte> sum = stackalloc byte[TagLength];
        Span<byte> part = stackalloc byte[TagLength];
        part.Clear();
        _mac.Compute(part, sum);
        foreach (var data in associatedData)
        {
            AesCmac.Double(sum);
            _mac.Compute(data.Span, part);
            AesCmac.Xor(sum, part);
        }

        var last = new byte[Math.Max(plaintext.Length, TagLength)];
        plaintext.CopyTo(last);
        if (plaintext.Length < TagLength)
        {
            last[plaintext.Length] = 0x80;
            AesCmac.Double(sum);
        }

        AesCmac.Xor(last.AsSpan(^TagLength..), sum);
        _mac.Compute(last, tag);
        CryptographicOperations.ZeroMemory(last);
        CryptographicOperations.ZeroMemory(sum);
    }

    // CTR with the synthetic IV; §2.5 clears two bits of it, so that adding to the last 32 never carries.
    void ApplyKeyStream(ReadOnlySpan<byte> input, Span<byte> output, ReadOnlySpan<byte> tag)
    {
        Span<byte> first = stackalloc byte[TagLength];
        tag.CopyTo(first);
        first[8] &= 0x7f;
        first[12] &= 0x7f;
        var counter = BinaryPrimitives.ReadUInt32BigEndian(first[12..]);
        var stream = new byte[Math.Min(Chunk, (input.Length + TagLength - 1) / TagLength * TagLength)];
        for (var offset = 0; offset < input.Length; offset += Chunk)
        {
            for (var i = 0; i < stream.Length; i += TagLength)
            {
                first[..12].CopyTo(stream.AsSpan(i));
                BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(i + 12), counter++);
            }

            _cipher.EncryptEcb(stream, stream, PaddingMode.None);
            var length = Math.Min(Chunk, input.Length - offset);
            for (var i = 0; i < length; i++)
            {
                output[offset + i] = (byte)(input[offset + i] ^ stream[i]);
            }
        }

        CryptographicOperations.ZeroMemory(stream);
    }
}
