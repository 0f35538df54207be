using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>The P-384 public key of a certificate, and the checks of signatures made with it.</summary>
sealed class EcdsaKey : IDisposable
{
    /// <summary>An uncompressed point: 04 and two coordinates of 48 bytes (RFC 5480 §2.2).</summary>
    const int PointLength = 97;

    const int CoordinateLength = 48;

    readonly ECDsa _key;

    EcdsaKey(ECDsa key) => _key = key;

    public ECDsa Key => _key;

    public static bool IsP384(Certificate certificate) =>
        certificate.KeyAlgorithmOid == Oids.EcPublicKey && certificate.CurveOid == Oids.Secp384r1
        && certificate.PublicKey.Length == PointLength && certificate.PublicKey.Span[0] == 4;

    public static bool IsEcdsaSha384(Certificate certificate) => IsEcdsaSha384(certificate.SignatureAlgorithm, certificate.InnerSignatureAlgorithm);

    /// <summary>True where the algorithm is named alike outside and under the signature (RFC 5280 §4.1.1.2).</summary>
    public static bool IsEcdsaSha384(ReadOnlyMemory<byte> outer, ReadOnlyMemory<byte> inner) =>
        outer.Span.SequenceEqual(EcdsaSha384) && inner.Span.SequenceEqual(EcdsaSha384);

    /// <summary>SEQUENCE { OID ecdsa-with-SHA384 } with absent parameters, the only encoding RFC 5758 §3.2 allows.</summary>
    static ReadOnlySpan<byte> EcdsaSha384 => [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];

    /// <summary>Loads the key, or null where it is not a point of P-384.</summary>
    public static EcdsaKey? From(Certificate certificate)
    {
        if (!IsP384(certificate))
        {
            return null;
        }

        try
        {
            // Through the certificate and not through ECParameters: OpenSSL 3.0 then checks that the point is on the curve, which
            // suffices for a curve of cofactor 1, and leaves out a multiplication by the order that costs more than a verification.
            using var loaded = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
            var key = loaded.GetECDsaPublicKey();
            return key is null ? null : new EcdsaKey(key);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Verifies an X.509 signature, a DER SEQUENCE of two INTEGERs (RFC 3279 §2.2.3), with SHA-384.</summary>
    public bool VerifyDer(ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature)
    {
        Span<byte> fixedField = stackalloc byte[2 * CoordinateLength];
        return TryReadDer(signature, fixedField) && VerifyFixed(data, fixedField);
    }

    /// <summary>Verifies r‖s of 96 bytes with SHA-384.</summary>
    public bool VerifyFixed(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(data, signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => _key.Dispose();

    static bool TryReadDer(ReadOnlyMemory<byte> signature, Span<byte> fixedField)
    {
        try
        {
            var outer = new AsnReader(signature, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            fixedField.Clear();
            var read = TryReadCoordinate(sequence, fixedField[..CoordinateLength]) && TryReadCoordinate(sequence, fixedField[CoordinateLength..]);
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
