using System.Security.Cryptography;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>AES-CMAC, NIST SP 800-38B and RFC 4493, composed over the BCL's AES-CBC.</summary>
sealed class AesCmac : IDisposable
{
    public const int Block = 16;

    // Bytes enciphered at once: what CBC writes is thrown away but for its last block.
    const int Chunk = 4096;

    readonly Aes _aes;
    readonly byte[] _fullKey = GC.AllocateArray<byte>(Block, pinned: true);
    readonly byte[] _paddedKey = GC.AllocateArray<byte>(Block, pinned: true);

    public AesCmac(ReadOnlySpan<byte> key)
    {
        _aes = AesKey.Create(key);
        Span<byte> zero = stackalloc byte[Block];
        zero.Clear();
        _aes.EncryptEcb(zero, _fullKey, PaddingMode.None);
        Double(_fullKey);
        _fullKey.CopyTo(_paddedKey, 0);
        Double(_paddedKey);
    }

    /// <summary>Multiplication by x in GF(2^128), SP 800-38B §6.1, without a branch on the secret bit.</summary>
    public static void Double(Span<byte> block)
    {
        var top = block[0] >> 7;
        for (var i = 0; i < Block - 1; i++)
        {
            block[i] = (byte)((block[i] << 1) | (block[i + 1] >> 7));
        }

        block[^1] = (byte)((block[^1] << 1) ^ (top * 0x87));
    }

    /// <summary>Adds in GF(2^128).</summary>
    public static void Xor(Span<byte> block, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < block.Length; i++)
        {
            block[i] ^= other[i];
        }
    }

    /// <summary>Writes the tag of <see cref="Block"/> bytes.</summary>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<byte> state = stackalloc byte[Block];
        state.Clear();
        var whole = message.IsEmpty ? 0 : (message.Length - 1) / Block * Block;
        var buffer = whole == 0 ? [] : new byte[Math.Min(whole, Chunk)];
        for (var offset = 0; offset < whole; offset += Chunk)
        {
            var part = message[offset..Math.Min(offset + Chunk, whole)];
            _aes.EncryptCbc(part, state, buffer, PaddingMode.None);
            buffer.AsSpan(part.Length - Block, Block).CopyTo(state);
        }

        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        var rest = message[whole..];
        rest.CopyTo(last);
        if (rest.Length < Block)
        {
            last[rest.Length] = 0x80;
        }

        Xor(last, rest.Length < Block ? _paddedKey : _fullKey);
        Xor(last, state);
        _aes.EncryptEcb(last, tag, PaddingMode.None);
        CryptographicOperations.ZeroMemory(buffer);
        CryptographicOperations.ZeroMemory(last);
        CryptographicOperations.ZeroMemory(state);
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_fullKey);
        CryptographicOperations.ZeroMemory(_paddedKey);
    }
}
