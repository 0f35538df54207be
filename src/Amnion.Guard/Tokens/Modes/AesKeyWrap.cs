using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>AES key wrap: with padding (RFC 5649, the BCL's own) and without (RFC 3394, composed over the BCL's AES; JWE needs it).</summary>
public static class AesKeyWrap
{
    /// <summary>Longest key to wrap, in bytes.</summary>
    public const int MaxKeyLength = 4096;

    const int Half = 8;
    const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;

    /// <summary>Wraps a key of 1 to <see cref="MaxKeyLength"/> bytes: RFC 5649 §4.1.</summary>
    /// <exception cref="ArgumentException">A length is not accepted.</exception>
    public static byte[] WrapPadded(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxKeyLength);
        using var aes = AesKey.Create(wrappingKey);
        return aes.EncryptKeyWrapPadded(key);
    }

    /// <summary>Unwraps what <see cref="WrapPadded"/> made. False, with <paramref name="key"/> empty, whenever it does not open.</summary>
    public static bool TryUnwrapPadded(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped, out byte[] key)
    {
        using var aes = AesKey.Create(wrappingKey);
        key = [];
        if (wrapped.Length < 2 * Half || wrapped.Length % Half != 0 || wrapped.Length > MaxKeyLength + Half)
        {
            return false;
        }

        try
        {
            key = aes.DecryptKeyWrapPadded(wrapped);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Wraps a key of 16 to <see cref="MaxKeyLength"/> bytes, a multiple of 8: RFC 3394 §2.2.1.</summary>
    /// <exception cref="ArgumentException">A length is not accepted.</exception>
    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        if (key.Length < 2 * Half || key.Length % Half != 0 || key.Length > MaxKeyLength)
        {
            throw new ArgumentException($"A key to wrap is 16 to {MaxKeyLength} bytes, a multiple of 8; got {key.Length}.", nameof(key));
        }

        using var aes = AesKey.Create(wrappingKey);
        var wrapped = new byte[key.Length + Half];
        key.CopyTo(wrapped.AsSpan(Half));
        Span<byte> block = stackalloc byte[2 * Half];
        var check = InitialValue;
        var count = key.Length / Half;
        for (var step = 1; step <= 6 * count; step++)
        {
            var part = wrapped.AsSpan(Half * (1 + ((step - 1) % count)), Half);
            BinaryPrimitives.WriteUInt64BigEndian(block, check);
            part.CopyTo(block[Half..]);
            aes.EncryptEcb(block, block, PaddingMode.None);
            check = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)step;
            block[Half..].CopyTo(part);
        }

        BinaryPrimitives.WriteUInt64BigEndian(wrapped, check);
        CryptographicOperations.ZeroMemory(block);
        return wrapped;
    }

    /// <summary>Unwraps what <see cref="Wrap"/> made: RFC 3394 §2.2.2. False, with <paramref name="key"/> empty, whenever it does not open.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped, out byte[] key)
    {
        using var aes = AesKey.Create(wrappingKey);
        key = [];
        if (wrapped.Length < 3 * Half || wrapped.Length % Half != 0 || wrapped.Length > MaxKeyLength + Half)
        {
            return false;
        }

        var opened = wrapped[Half..].ToArray();
        Span<byte> block = stackalloc byte[2 * Half];
        Span<byte> check = stackalloc byte[Half];
        wrapped[..Half].CopyTo(check);
        var count = opened.Length / Half;
        for (var step = 6 * count; step >= 1; step--)
        {
            var part = opened.AsSpan(Half * ((step - 1) % count), Half);
            BinaryPrimitives.WriteUInt64BigEndian(block, BinaryPrimitives.ReadUInt64BigEndian(check) ^ (ulong)step);
            part.CopyTo(block[Half..]);
            aes.DecryptEcb(block, block, PaddingMode.None);
            block[..Half].CopyTo(check);
            block[Half..].CopyTo(part);
        }

        Span<byte> expected = stackalloc byte[Half];
        BinaryPrimitives.WriteUInt64BigEndian(expected, InitialValue);
        CryptographicOperations.ZeroMemory(block);
        if (!CryptographicOperations.FixedTimeEquals(check, expected))
        {
            CryptographicOperations.ZeroMemory(opened);
            return false;
        }

        key = opened;
        return true;
    }
}
