using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Amnion.Attestation;

/// <summary>
/// A hash that identifies code, a model or a key: 32 (SHA-256), 48 (SHA-384) or 64 (SHA-512) immutable bytes, compared by content.
/// RFC 9334 §2 (Reference Value, Claim).
/// </summary>
public readonly record struct Measurement
{
    readonly byte[]? _value;

    /// <summary>Copies <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">Not 32, 48 or 64 bytes.</exception>
    public Measurement(ReadOnlySpan<byte> value)
    {
        if (value.Length is not (32 or 48 or 64))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A measurement is 32, 48 or 64 bytes; got {value.Length}."), nameof(value));
        }

        _value = value.ToArray();
    }

    /// <summary>The bytes; empty for the default value.</summary>
    public ReadOnlyMemory<byte> Bytes => _value;

    /// <summary>Number of bytes: 32, 48 or 64, and 0 for the default value.</summary>
    public int Length => _value?.Length ?? 0;

    /// <summary>True where every byte is zero, as the registers of an AWS debug enclave are. False for the default value.</summary>
    public bool IsZero => _value is not null && !_value.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>A measurement of zero bytes, the value of a register that nothing was measured into.</summary>
    /// <exception cref="ArgumentException">Not 32, 48 or 64 bytes.</exception>
    public static Measurement Zero(int length) => new(new byte[length]);

    /// <summary>Parses plain hexadecimal in either case: 64, 96 or 128 characters.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Measurement FromHex(ReadOnlySpan<char> hex) =>
        TryFromHex(hex, out var measurement) ? measurement : throw new FormatException("A measurement is 64, 96 or 128 hexadecimal characters.");

    /// <summary>As <see cref="FromHex"/>, without the exception.</summary>
    public static bool TryFromHex(ReadOnlySpan<char> hex, out Measurement measurement)
    {
        measurement = default;
        if (hex.Length is not (64 or 96 or 128))
        {
            return false;
        }

        Span<byte> value = stackalloc byte[hex.Length / 2];
        if (Convert.FromHexString(hex, value, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        measurement = new Measurement(value);
        return true;
    }

    /// <summary>Parses the form that policies use, "sha256:", "sha384:" or "sha512:" and lower-case hexadecimal.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Measurement Parse(string text) => TryParse(text, out var measurement)
        ? measurement
        : throw new FormatException("A tagged measurement is \"sha256:\", \"sha384:\" or \"sha512:\" and lower-case hexadecimal.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Measurement measurement)
    {
        measurement = default;
        var length = text?.Length switch
        {
            7 + 64 when text.StartsWith("sha256:", StringComparison.Ordinal) => 32,
            7 + 96 when text.StartsWith("sha384:", StringComparison.Ordinal) => 48,
            7 + 128 when text.StartsWith("sha512:", StringComparison.Ordinal) => 64,
            _ => 0,
        };
        return length > 0 && !text.AsSpan(7).ContainsAnyInRange('A', 'F') && TryFromHex(text.AsSpan(7), out measurement);
    }

    /// <summary>"sha384:" and lower-case hexadecimal; the algorithm follows from the length. Empty for the default value.</summary>
    public string ToTaggedString() => _value is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"sha{_value.Length * 8}:{this}");

    /// <summary>Lower-case hexadecimal without the algorithm.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes.Span);

    /// <summary>Equality by content. Measurements are public, so the comparison is not constant-time.</summary>
    public bool Equals(Measurement other) => Length == other.Length && _value.AsSpan().SequenceEqual(other._value);

    /// <inheritdoc/>
    public override int GetHashCode() => _value is null ? 0 : BitConverter.ToInt32(_value);
}
