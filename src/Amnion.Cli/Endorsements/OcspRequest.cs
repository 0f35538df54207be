using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>An OCSP request about one certificate, RFC 6960 §4.1.1, unsigned and without a nonce, so that its answer can be kept.</summary>
static class OcspRequest
{
    const string Sha384 = "2.16.840.1.101.3.4.2.2";

    /// <summary>DER of the request; the identifiers are hashed with SHA-384, which NVIDIA's responder answers in.</summary>
    /// <param name="certificate">DER of the certificate in question.</param>
    /// <param name="issuer">DER of its issuer's.</param>
    /// <exception cref="CryptographicException">One of them is no certificate.</exception>
    public static byte[] For(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> issuer)
    {
        using var subject = X509CertificateLoader.LoadCertificate(certificate);
        using var authority = X509CertificateLoader.LoadCertificate(issuer);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha384);
                writer.WriteNull();
            }

            writer.WriteOctetString(SHA384.HashData(authority.SubjectName.RawData));
            writer.WriteOctetString(SHA384.HashData(authority.PublicKey.EncodedKeyValue.RawData));
            writer.WriteInteger(subject.SerialNumberBytes.Span);
        }

        return writer.Encode();
    }
}
