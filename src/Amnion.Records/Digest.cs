using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Amnion.Records;

/// <summary>A hash value with its algorithm, written "sha256:hex" or "sha384:hex" (lower case).</summary>
public readonly struct Digest : IEquatable<Digest>
{
    /// <summary>SHA-256, 32 bytes.</summary>
    public const string Sha256Prefix = "sha256:";

    /// <summary>SHA-384, 48 bytes.</summary>
    public const string Sha384Prefix = "sha384:";

    readonly byte[]? _value;

    Digest(byte[] value) => _value = value;

    /// <summary>The hash's bytes: 32 (SHA-256) or 48 (SHA-384); empty for the default value.</summary>
    public ReadOnlySpan<byte> Bytes => _value;

    /// <summary>True for the default value, which equals no computed digest.</summary>
    public bool IsEmpty => _value is null;

    /// <summary>Lower-case hexadecimal without the algorithm.</summary>
    public string Hex => Convert.ToHexStringLower(Bytes);

    /// <summary>SHA-256 over <paramref name="data"/>.</summary>
    public static Digest Sha256(ReadOnlySpan<byte> data) => new(SHA256.HashData(data));

    /// <summary>SHA-384 over <paramref name="data"/>.</summary>
    public static Digest Sha384(ReadOnlySpan<byte> data) => new(SHA384.HashData(data));

    /// <summary>Wraps an already computed hash of 32 or 48 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> hash) => hash.Length is 32 or 48
        ? new Digest(hash.ToArray())
        : throw new ArgumentException($"A digest is 32 or 48 bytes; got {hash.Length}.", nameof(hash));

    /// <summary>Parses "sha256:…" or "sha384:…" in lower-case hexadecimal.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("A digest is \"sha256:\" or \"sha384:\" and lower-case hexadecimal.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        var length = text switch
        {
            null => 0,
            _ when text.StartsWith(Sha256Prefix, StringComparison.Ordinal) => 32,
            _ when text.StartsWith(Sha384Prefix, StringComparison.Ordinal) => 48,
            _ => 0,
        };
        if (length == 0 || text!.Length != Sha256Prefix.Length + (2 * length) || text.AsSpan(7).ContainsAnyInRange('A', 'F'))
        {
            return false;
        }

        var value = new byte[length];
        if (Convert.FromHexString(text.AsSpan(7), value, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = new Digest(value);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Digest other) => Bytes.SequenceEqual(other.Bytes) && IsEmpty == other.IsEmpty;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value is null ? 0 : BitConverter.ToInt32(_value);

    /// <summary>"sha384:hex".</summary>
    public override string ToString() => _value is null ? string.Empty : (_value.Length == 32 ? Sha256Prefix : Sha384Prefix) + Hex;

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
