using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>P-256, P-384 and P-521 on the BCL's ECDiffieHellman. Points are uncompressed (SEC 1 §2.3.3).</summary>
sealed class NistCurve : DhGroup
{
    const byte Uncompressed = 0x04;

    readonly ECCurve _curve;
    readonly byte[] _order;
    readonly byte _bitmask;

    NistCurve(HpkeKem kem, HashAlgorithmName hash, int hashLength, ECCurve curve, string order, byte bitmask)
        : base(kem, hash, order.Length / 2, order.Length + 1, order.Length / 2, hashLength)
    {
        _curve = curve;
        _order = Convert.FromHexString(order);
        _bitmask = bitmask;
    }

    // Group orders: SP 800-186 §3.2.1.
    public static NistCurve P256 { get; } = new(HpkeKem.P256, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, ECCurve.NamedCurves.nistP256,
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 0xFF);

    public static NistCurve P384 { get; } = new(HpkeKem.P384, HashAlgorithmName.SHA384, SHA384.HashSizeInBytes, ECCurve.NamedCurves.nistP384,
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 0xFF);

    public static NistCurve P521 { get; } = new(HpkeKem.P521, HashAlgorithmName.SHA512, SHA512.HashSizeInBytes, ECCurve.NamedCurves.nistP521,
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 0x01);

    public override DhPrivateKey Generate() => new NistCurveKey(this, ECDiffieHellman.Create(_curve));

    public override DhPrivateKey Import(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateKeyLength)
        {
            throw new HpkeKeyFormatException("SerializePrivateKey", $"{privateKey.Length} bytes; expected {PrivateKeyLength}.");
        }

        if (!IsScalar(privateKey))
        {
            throw new HpkeKeyFormatException("SerializePrivateKey", "the scalar is zero or not below the group order.");
        }

        var scalar = privateKey.ToArray();
        try
        {
            return new NistCurveKey(this, ECDiffieHellman.Create(new ECParameters { Curve = _curve, D = scalar }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public override DhPrivateKey Derive(ReadOnlySpan<byte> inputKey)
    {
        Span<byte> pseudoRandomKey = stackalloc byte[SharedSecretLength];
        Span<byte> candidate = stackalloc byte[PrivateKeyLength];
        Kdf.Extract([], "dkp_prk"u8, inputKey, pseudoRandomKey);
        try
        {
            // RFC 9180 §7.1.3: 256 tries; even the first fails with probability 2^-32 only.
            for (var counter = 0; counter <= byte.MaxValue; counter++)
            {
                Kdf.Expand(pseudoRandomKey, "candidate"u8, [(byte)counter], candidate);
                candidate[0] &= _bitmask;
                if (IsScalar(candidate))
                {
                    return Import(candidate);
                }
            }

            throw new HpkeKeyFormatException("DeriveKeyPair", "no valid scalar in 256 tries.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pseudoRandomKey);
            CryptographicOperations.ZeroMemory(candidate);
        }
    }

    /// <summary>
    /// Imports a point. The BCL refuses coordinates outside the field and points off the curve; the encoding cannot
    /// express infinity, and the curves' cofactor is 1, so that is full validation (SP 800-56A §5.6.2.3.3).
    /// </summary>
    public bool TryImportPoint(ReadOnlySpan<byte> point, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ECDiffieHellman? key)
    {
        key = null;
        if (point.Length != PublicKeyLength || point[0] != Uncompressed)
        {
            return false;
        }

        var x = point.Slice(1, PrivateKeyLength).ToArray();
        var y = point[(1 + PrivateKeyLength)..].ToArray();
        try
        {
            key = ECDiffieHellman.Create(new ECParameters { Curve = _curve, Q = new ECPoint { X = x, Y = y } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public static byte[] Serialize(ECPoint point) => [Uncompressed, .. point.X!, .. point.Y!];

    /// <summary>0 &lt; value &lt; order, without branches on the value.</summary>
    bool IsScalar(ReadOnlySpan<byte> value)
    {
        var any = 0;
        var borrow = 0;
        for (var i = value.Length - 1; i >= 0; i--)
        {
            any |= value[i];
            borrow = ((value[i] - _order[i] - borrow) >> 8) & 1;
        }

        return any != 0 & borrow != 0;
    }
}
