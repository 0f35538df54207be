using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>A public key of ECDSA or RSA, and the checks of signatures made with it. Shared by all that have its certificate, so nobody disposes it; the handle is freed with the last of them.</summary>
sealed class PublicKey
{
    /// <summary>RSA moduli beyond this many bits only cost time; 4096 is the longest in use (AMD).</summary>
    public const int MaxRsaBits = 4096;

    readonly ECDsa? _ecdsa;
    readonly RSA? _rsa;

    PublicKey(KeyKind kind, ECDsa? ecdsa, RSA? rsa)
    {
        Kind = kind;
        _ecdsa = ecdsa;
        _rsa = rsa;
    }

    public KeyKind Kind { get; }

    /// <summary>Size of the curve's field or of the modulus.</summary>
    public int Bits => _ecdsa?.KeySize ?? _rsa!.KeySize;

    /// <summary>The key for code that verifies COSE or JOSE itself; null for RSA.</summary>
    public ECDsa? Ecdsa => _ecdsa;

    /// <summary>The RSA key; null for elliptic curves.</summary>
    public RSA? Rsa => _rsa;

    /// <summary>Kind of a certificate's key by its encoding alone; null for keys not known here, compressed points and explicit curves included.</summary>
    public static KeyKind? KindOf(Certificate certificate) => certificate.KeyAlgorithmOid switch
    {
        Oids.RsaEncryption => KeyKind.Rsa,
        Oids.EcPublicKey => certificate.CurveOid switch
        {
            Oids.Secp256r1 when IsPoint(certificate.PublicKeyBits.Span, 32) => KeyKind.P256,
            Oids.Secp384r1 when IsPoint(certificate.PublicKeyBits.Span, 48) => KeyKind.P384,
            Oids.Secp521r1 when IsPoint(certificate.PublicKeyBits.Span, 66) => KeyKind.P521,
            _ => null,
        },
        _ => null,
    };

    /// <summary>Loads the key, which <see cref="Certificate.Key"/> does once; or null where it is none that can be used.</summary>
    public static PublicKey? From(Certificate certificate)
    {
        if (KindOf(certificate) is not { } kind)
        {
            return null;
        }

        try
        {
            // Through the certificate and not through ECParameters: OpenSSL 3.0 then checks that the point is on the curve, which
            // suffices for a curve of cofactor 1, and leaves out a multiplication by the order that costs more than a verification.
            using var loaded = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
            return kind == KeyKind.Rsa ? FromRsa(loaded.GetRSAPublicKey()) : FromEcdsa(kind, loaded.GetECDsaPublicKey());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Verifies a signature as X.509 encodes it: for ECDSA a DER SEQUENCE of two INTEGERs (RFC 3279 §2.2.3). False for an algorithm of another key.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature, SignatureAlgorithm algorithm)
    {
        if (_rsa is not null)
        {
            return algorithm.Scheme switch
            {
                SignatureScheme.RsaPkcs1 => _rsa.VerifyData(data, signature.Span, algorithm.Hash, RSASignaturePadding.Pkcs1),
                SignatureScheme.RsaPss => _rsa.VerifyData(data, signature.Span, algorithm.Hash, RSASignaturePadding.Pss),
                _ => false,
            };
        }

        var length = CoordinateLength;
        Span<byte> fixedField = stackalloc byte[2 * length];
        return algorithm.Scheme == SignatureScheme.Ecdsa && TryReadDer(signature, fixedField) && VerifyFixed(data, fixedField, algorithm.Hash);
    }

    /// <summary>Verifies r ‖ s, big-endian, of the curve's length each. False for RSA.</summary>
    public bool VerifyFixed(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash) =>
        _ecdsa is not null && signature.Length == 2 * CoordinateLength && _ecdsa.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    int CoordinateLength => (Bits + 7) / 8;

    static PublicKey? FromEcdsa(KeyKind kind, ECDsa? key) => key is null ? null : new PublicKey(kind, key, null);

    static PublicKey? FromRsa(RSA? key)
    {
        if (key is null || key.KeySize > MaxRsaBits)
        {
            key?.Dispose();
            return null;
        }

        return new PublicKey(KeyKind.Rsa, null, key);
    }

    static bool IsPoint(ReadOnlySpan<byte> point, int coordinate) => point.Length == 1 + (2 * coordinate) && point[0] == 4;

    static bool TryReadDer(ReadOnlyMemory<byte> signature, Span<byte> fixedField)
    {
        try
        {
            var half = fixedField.Length / 2;
            var outer = new AsnReader(signature, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            fixedField.Clear();
            var read = TryReadCoordinate(sequence, fixedField[..half]) && TryReadCoordinate(sequence, fixedField[half..]);
            return read && !sequence.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    static bool TryReadCoordinate(AsnReader reader, Span<byte> destination)
    {
        var value = reader.ReadIntegerBytes().Span;
        if (value[0] > 0x7f)
        {
            return false;
        }

        value = value[0] == 0 ? value[1..] : value;
        if (value.Length > destination.Length)
        {
            return false;
        }

        value.CopyTo(destination[(destination.Length - value.Length)..]);
        return true;
    }
}
