using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>A validated HPKE public key in the KEM's own serialisation (RFC 9180 §7.1.1).</summary>
public sealed class HpkePublicKey : IEquatable<HpkePublicKey>
{
    readonly byte[] _bytes;

    internal HpkePublicKey(HpkeKem kem, ReadOnlySpan<byte> bytes)
    {
        Kem = kem;
        _bytes = bytes.ToArray();
    }

    /// <summary>The KEM this key belongs to.</summary>
    public HpkeKem Kem { get; }

    /// <summary>The serialised key: 65, 97 or 133 bytes for the NIST curves (uncompressed point), 32 for X25519.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>
    /// Imports a serialised public key. Points on the NIST curves are fully validated; every 32 bytes are an X25519 key, and
    /// those of small order are refused when they are used (RFC 9180 §7.1.4).
    /// </summary>
    /// <exception cref="HpkeKeyFormatException">The length, encoding or point is invalid.</exception>
    /// <exception cref="PlatformNotSupportedException">The KEM is unknown to this library.</exception>
    public static HpkePublicKey Import(HpkeKem kem, ReadOnlySpan<byte> bytes)
    {
        var length = LengthOf(kem);
        if (length == 0)
        {
            throw HpkeAlgorithms.Unsupported("KEM", (int)kem);
        }

        if (bytes.Length != length)
        {
            throw new HpkeKeyFormatException("SerializePublicKey", $"{bytes.Length} bytes; expected {length}.");
        }

        // An X25519 key can be parsed, and its configuration passed on, where X25519 itself cannot be computed.
        if (DhGroup.Find(kem) is NistCurve curve)
        {
            if (!curve.TryImportPoint(bytes, out var point))
            {
                throw new HpkeKeyFormatException("SerializePublicKey", "not an uncompressed point on the curve.");
            }

            point.Dispose();
        }

        return new HpkePublicKey(kem, bytes);
    }

    /// <summary>Npk of a KEM in bytes; zero where this library does not know it.</summary>
    internal static int LengthOf(HpkeKem kem) => kem switch
    {
        HpkeKem.P256 => 65,
        HpkeKem.P384 => 97,
        HpkeKem.P521 => 133,
        HpkeKem.X25519 => X25519.KeyLength,
        _ => 0,
    };

    /// <inheritdoc/>
    public bool Equals(HpkePublicKey? other) =>
        other is not null && Kem == other.Kem && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HpkePublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Kem);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }
}
