using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation;

/// <summary>
/// A relying party's single-use challenge, 16 to 64 bytes, that proves Evidence was made after it was asked for.
/// RFC 9334 §10.2.
/// </summary>
public readonly record struct Nonce
{
    /// <summary>Fewest bytes: 128 bits make a repetition negligible.</summary>
    public const int MinLength = 16;

    /// <summary>Most bytes.</summary>
    public const int MaxLength = 64;

    readonly byte[]? _value;

    /// <summary>Copies <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">Not 16 to 64 bytes.</exception>
    public Nonce(ReadOnlySpan<byte> value)
    {
        if (value.Length is < MinLength or > MaxLength)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A nonce is {MinLength} to {MaxLength} bytes; got {value.Length}."), nameof(value));
        }

        _value = value.ToArray();
    }

    /// <summary>The bytes; empty for the default value, which no Evidence satisfies.</summary>
    public ReadOnlyMemory<byte> Bytes => _value;

    /// <summary>A fresh nonce of 32 bytes from the operating system's generator.</summary>
    public static Nonce Random() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>Lower-case hexadecimal. Nonces are public.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes.Span);

    /// <inheritdoc/>
    public bool Equals(Nonce other) => _value.AsSpan().SequenceEqual(other._value);

    /// <inheritdoc/>
    public override int GetHashCode() => _value is null ? 0 : BitConverter.ToInt32(_value);
}
