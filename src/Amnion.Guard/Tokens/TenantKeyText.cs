using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Amnion.Guard.Fields;

namespace Amnion.Guard.Tokens;

/// <summary>A tenant's key as a person keeps it: 32 bytes as 64 hexadecimal digits, or in base64 or base64url, with white space around it at most.</summary>
public static class TenantKeyText
{
    /// <summary>Longest text in bytes.</summary>
    public const int MaxLength = 256;

    /// <summary>Reads a key. The caller zeroes its text and disposes the key.</summary>
    /// <exception cref="FieldFormatException"><see cref="FieldCodes.MalformedKey"/>.</exception>
    public static TenantKey Parse(ReadOnlySpan<byte> text, string tenant, int version = 1)
    {
        Span<byte> key = stackalloc byte[TenantKey.Length];
        var trimmed = text.Trim(" \t\r\n"u8);
        var read = trimmed.Length switch
        {
            64 => Convert.FromHexString(trimmed, key, out _, out _) == OperationStatus.Done,
            44 => trimmed[^1] == '=' && Decode(trimmed[..^1], key),
            43 => Decode(trimmed, key),
            _ => false,
        };
        if (!read)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new FieldFormatException(FieldCodes.MalformedKey, "key", $"is not {TenantKey.Length} bytes as 64 hexadecimal digits or in base64");
        }

        try
        {
            return new TenantKey(key, tenant, version);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    // Both alphabets of RFC 4648 §4 and §5, by way of the second.
    static bool Decode(ReadOnlySpan<byte> text, Span<byte> key)
    {
        Span<byte> url = stackalloc byte[43];
        text.CopyTo(url);
        url.Replace((byte)'+', (byte)'-');
        url.Replace((byte)'/', (byte)'_');
        var status = Base64Url.DecodeFromUtf8(url, key, out _, out var written);
        CryptographicOperations.ZeroMemory(url);
        return status == OperationStatus.Done && written == key.Length;
    }
}
