using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// Who may sign responses and did: RFC 6960 §4.2.2.2. Worked out once per response and issuer, since a response may answer sixteen times about one
/// issuer and each time would cost two verifications of signatures.
/// </summary>
/// <param name="context">Time, profile and the relying party's own revocations.</param>
sealed class OcspSigners(OcspContext context)
{
    const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    const string SubjectKeyIdentifier = "2.5.29.14";

    readonly Dictionary<(OcspResponse Response, Certificate Issuer), OcspSigner> _known = [];

    /// <summary>The signer of a response, with its right to answer for the issuer.</summary>
    public OcspSigner Of(OcspResponse response, Certificate issuer)
    {
        if (!_known.TryGetValue((response, issuer), out var found))
        {
            found = Find(response, issuer);
            _known.Add((response, issuer), found);
        }

        return found;
    }

    OcspSigner Find(OcspResponse response, Certificate issuer)
    {
        var (signer, problem) = Signer(response, issuer);
        if (signer is null)
        {
            return new OcspSigner(problem, HasSigned: false);
        }

        var signed = SignatureAlgorithm.Parse(response.SignatureAlgorithm) is { } algorithm && context.Profile.Signatures.Contains(algorithm)
            && signer.Key is { } key && context.Profile.Keys.Contains(key.Kind) && response.IsSignedBy(signer);
        return new OcspSigner(null, signed);
    }

    /// <summary>The issuer itself, or a certificate that came along, issued by it directly and marked for OCSP signing. RFC 6960 §4.2.2.2.</summary>
    (Certificate? Signer, string? Problem) Signer(OcspResponse response, Certificate issuer)
    {
        if (Names(response, issuer))
        {
            return (issuer, null);
        }

        var delegated = response.Certificates.FirstOrDefault(certificate => Names(response, certificate));
        if (delegated is null)
        {
            return (null, "no certificate of the responder");
        }

        if (!delegated.Issuer.Span.SequenceEqual(issuer.Subject.Span) || !IsSignedBy(delegated, issuer))
        {
            return (null, "the responder's certificate is not by the issuer");
        }

        return delegated switch
        {
            _ when context.Revoked.Contains(delegated.Id) => (null, "the relying party revoked the responder's certificate"),
            _ when !HasOcspSigning(delegated) => (null, "the responder's certificate is not for OCSP signing"),
            _ when delegated.IsCertificateAuthority || delegated.KeyUsage is { } usage && !usage.HasFlag(X509KeyUsageFlags.DigitalSignature) => (null, "the responder's certificate is not one for signatures"),
            _ when delegated.Extensions.Any(extension => extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage or Oids.ExtendedKeyUsage)) => (null, "the responder's certificate has an unknown critical extension"),
            _ when context.At < delegated.NotBefore || context.At > delegated.NotAfter => (null, "the responder's certificate is valid " + CertificatePath.Text(delegated.NotBefore) + " to " + CertificatePath.Text(delegated.NotAfter)),
            _ => (delegated, null),
        };
    }

    bool IsSignedBy(Certificate certificate, Certificate issuer) =>
        certificate.Algorithm is { } algorithm && context.Profile.Signatures.Contains(algorithm) && certificate.IsSignedBy(issuer);

    /// <summary>
    /// Whether the response means this certificate. Its hash of the key is SHA-1, which nothing here computes: it is compared with the
    /// subjectKeyIdentifier, which CAs make in the same way (RFC 5280 §4.2.1.2). It only picks; whoever is picked must be authorised and have signed.
    /// </summary>
    static bool Names(OcspResponse response, Certificate certificate)
    {
        if (response.ResponderName is { } name)
        {
            return name.Span.SequenceEqual(certificate.Subject.Span);
        }

        var identifier = certificate.Extensions.FirstOrDefault(extension => extension.Oid == SubjectKeyIdentifier).Value.Span;
        return identifier.Length > 2 && identifier[0] == 0x04 && identifier[1] == identifier.Length - 2 && identifier[2..].SequenceEqual(response.ResponderKeyHash!.Value.Span);
    }

    static bool HasOcspSigning(Certificate certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(extension => extension.Oid == Oids.ExtendedKeyUsage);
        if (extension.Oid is null)
        {
            return false;
        }

        try
        {
            var outer = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var list = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var found = false;
            while (list.HasData)
            {
                found |= list.ReadObjectIdentifier() == OcspSigning;
            }

            return found;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
