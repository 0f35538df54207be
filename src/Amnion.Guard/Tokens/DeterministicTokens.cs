using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Tokens;

/// <summary>
/// Tokens that are the same for the same value of the same field, and that open again: AES-256-SIV (RFC 5297) with tenant, field and key version as
/// associated data. Whoever sees two tokens learns whether the values are equal; values that can be guessed belong in a <see cref="RandomTokenVault"/>
/// where tokens must not be compared across sessions.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class DeterministicTokens : IDisposable
{
    /// <summary>What every token begins with.</summary>
    public const string Prefix = "det1.";

    /// <summary>Longest value, in UTF-8 bytes: 64 KiB.</summary>
    public const int MaxValueLength = 1 << 16;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    readonly AesSiv _siv;
    readonly byte[] _tenant;
    readonly byte[] _version = new byte[4];

    /// <param name="key">The tenant's key; it may be disposed afterwards.</param>
    public DeterministicTokens(TenantKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> derived = stackalloc byte[64];
        key.Derive("amnion/tokens/siv/1", derived);
        _siv = new AesSiv(derived);
        CryptographicOperations.ZeroMemory(derived);
        _tenant = s_strict.GetBytes(key.Tenant);
        BinaryPrimitives.WriteInt32BigEndian(_version, key.Version);
    }

    /// <summary>The token of a value.</summary>
    /// <param name="field">What kind of value it is, for example "email": the same value in another field has another token.</param>
    /// <param name="value">At most <see cref="MaxValueLength"/> bytes of UTF-8.</param>
    /// <exception cref="FieldException"><see cref="FieldCodes.UnfitToken"/>: the value is too long or not valid Unicode.</exception>
    public string Create(string field, ReadOnlySpan<char> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        var plaintext = Bytes(value);
        var token = new byte[plaintext.Length + AesSiv.TagLength];
        _siv.Seal(plaintext, token, _tenant, s_strict.GetBytes(field), _version);
        CryptographicOperations.ZeroMemory(plaintext);
        return TokenText.Write(Prefix, token);
    }

    /// <summary>The value of a token. False, for one reason that is not told, where the token, its field, its tenant or its key is another.</summary>
    public bool TryOpen(string field, ReadOnlySpan<char> token, [NotNullWhen(true)] out string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        value = null;
        if (!TokenText.TryRead(Prefix, token, MaxValueLength + AesSiv.TagLength, out var bytes) || bytes.Length < AesSiv.TagLength)
        {
            return false;
        }

        var plaintext = new byte[bytes.Length - AesSiv.TagLength];
        if (!_siv.TryOpen(bytes, plaintext, _tenant, s_strict.GetBytes(field), _version))
        {
            return false;
        }

        value = Encoding.UTF8.GetString(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return true;
    }

    /// <summary>Releases the keys.</summary>
    public void Dispose() => _siv.Dispose();

    static byte[] Bytes(ReadOnlySpan<char> value)
    {
        if (value.Length > MaxValueLength)
        {
            throw TooLong();
        }

        try
        {
            var bytes = new byte[s_strict.GetByteCount(value)];
            s_strict.GetBytes(value, bytes);
            return bytes.Length <= MaxValueLength ? bytes : throw TooLong();
        }
        catch (EncoderFallbackException)
        {
            throw new FieldException(FieldCodes.UnfitToken, "A value to tokenise is not valid Unicode.");
        }
    }

    static FieldException TooLong() => new(FieldCodes.UnfitToken, $"A value to tokenise is longer than {MaxValueLength} bytes of UTF-8.");
}
