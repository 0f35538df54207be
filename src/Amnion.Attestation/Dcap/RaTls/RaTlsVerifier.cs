using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>Verifies that a certificate is signed by its own key and that its quote binds that key. The quote itself is <see cref="DcapVerifier"/>'s.</summary>
static class RaTlsVerifier
{
    /// <summary>Adds the checks, and gives the value that REPORTDATA must begin with, zeros after it.</summary>
    public static byte[] Check(RaTlsCertificate certificate, DcapQuote quote, DateTimeOffset at, CheckList checks)
    {
        var x509 = certificate.Certificate;
        checks.Add(DcapRules.RaTlsSignature, IsSelfSigned(x509), "a signature of the certificate's key");
        checks.Add(DcapRules.RaTlsValidity, x509.NotBefore <= at && at <= x509.NotAfter, "valid at " + DcapFields.Time(at), $"{DcapFields.Time(x509.NotBefore)} to {DcapFields.Time(x509.NotAfter)}");
        if (certificate.Claims is { } claims)
        {
            var bound = SHA256.HashData(claims.Span);
            checks.Add(DcapRules.RaTlsClaims, IsBound(quote, bound), Convert.ToHexStringLower(bound) + " and zeros", DcapFields.Hex(quote.ReportData));
            var problem = RaTls.RaTlsClaims.KeyProblem(certificate);
            checks.Add(DcapRules.RaTlsBinding, problem is null, "the claim \"pubkey-hash\" is the certificate's key", problem);
            return bound;
        }

        var candidates = KeyHashes(certificate);
        var found = candidates.FirstOrDefault(candidate => IsBound(quote, candidate)) ?? candidates[0];
        checks.Add(DcapRules.RaTlsBinding, IsBound(quote, found), string.Join(" or ", candidates.Select(Convert.ToHexStringLower)) + " and zeros", DcapFields.Hex(quote.ReportData));
        return found;
    }

    /// <summary>What the dialects hash: Gramine the SubjectPublicKeyInfo, early rats-tls the point alone, Open Enclave the PEM text with its terminator.</summary>
    static List<byte[]> KeyHashes(RaTlsCertificate certificate) => certificate.Dialect == RaTlsDialect.OpenEnclave
        ? [SHA256.HashData(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", certificate.SubjectPublicKeyInfo.Span) + "\n\0"))]
        : [SHA256.HashData(certificate.SubjectPublicKeyInfo.Span), SHA256.HashData(certificate.Certificate.PublicKeyBits.Span)];

    static bool IsBound(DcapQuote quote, ReadOnlySpan<byte> value) =>
        quote.ReportData.Span[..value.Length].SequenceEqual(value) && !quote.ReportData.Span[value.Length..].ContainsAnyExcept((byte)0);

    static bool IsSelfSigned(Certificate certificate)
    {
        if (!certificate.SignatureAlgorithm.Span.SequenceEqual(certificate.InnerSignatureAlgorithm.Span) || Algorithm(certificate) is not { } algorithm)
        {
            return false;
        }

        return certificate.Key?.Verify(certificate.Tbs.Span, certificate.Signature, algorithm) == true;
    }

    /// <summary>The algorithm; also ECDSA with NULL parameters, which mbed TLS writes into Gramine's certificates against RFC 5758 §3.2.</summary>
    static SignatureAlgorithm? Algorithm(Certificate certificate)
    {
        if (SignatureAlgorithm.Parse(certificate.SignatureAlgorithm) is { } known)
        {
            return known;
        }

        var (oid, parameters) = DerItem.ReadAlgorithm(certificate.SignatureAlgorithm);
        if (!parameters.Span.SequenceEqual((ReadOnlySpan<byte>)[0x05, 0x00]))
        {
            return null;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }

        return SignatureAlgorithm.Parse(writer.Encode());
    }
}
