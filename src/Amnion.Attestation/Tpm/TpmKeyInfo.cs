using System.Formats.Asn1;

namespace Amnion.Attestation.Tpm;

/// <summary>Writes the keys of TPMs as SubjectPublicKeyInfo: RFC 8017 Appendix A.1.1, RFC 5480 §2.</summary>
static class TpmKeyInfo
{
    const string RsaEncryption = "1.2.840.113549.1.1.1";
    const string EcPublicKey = "1.2.840.10045.2.1";

    public static byte[] Rsa(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(Trim(modulus));
            key.WriteIntegerUnsigned(Trim(exponent));
        }

        return Info(key.Encode(), writer =>
        {
            writer.WriteObjectIdentifier(RsaEncryption);
            writer.WriteNull();
        });
    }

    /// <summary>The point on a curve of TPM_ECC_CURVE 3, 4 or 5; null for another curve or a coordinate that is too long.</summary>
    public static byte[]? Point(int curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var (oid, length) = curve switch
        {
            3 => ("1.2.840.10045.3.1.7", 32),
            4 => ("1.3.132.0.34", 48),
            5 => ("1.3.132.0.35", 66),
            _ => (string.Empty, 0),
        };
        if (x.Length > length || y.Length > length || length == 0)
        {
            return null;
        }

        var point = new byte[1 + (2 * length)];
        point[0] = 4;
        x.CopyTo(point.AsSpan(1 + length - x.Length));
        y.CopyTo(point.AsSpan(point.Length - y.Length));
        return Info(point, writer =>
        {
            writer.WriteObjectIdentifier(EcPublicKey);
            writer.WriteObjectIdentifier(oid);
        });
    }

    static byte[] Info(ReadOnlySpan<byte> key, Action<AsnWriter> algorithm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                algorithm(writer);
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }

    static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> integer)
    {
        var trimmed = integer.TrimStart((byte)0);
        return trimmed.IsEmpty ? [0] : trimmed;
    }
}
