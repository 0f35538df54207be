using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// Applies OCSP responses to certificates of a chain: RFC 6960 §3.2. One check per rule, every offender named. An answer counts only
/// where all of it holds; a certificate without one is reported as missing.
/// </summary>
/// <param name="context">Time, nonce and profile.</param>
/// <param name="chainName">Put before each check's name.</param>
sealed class OcspVerifier(OcspContext context, string chainName)
{
    const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    const string SubjectKeyIdentifier = "2.5.29.14";

    readonly List<string> _responder = [];
    readonly List<string> _signature = [];
    readonly List<string> _current = [];
    readonly List<string> _nonce = [];
    readonly List<string> _revoked = [];
    readonly List<string> _onHold = [];
    readonly List<string> _unknown = [];
    readonly List<string> _critical = [];
    readonly List<string> _missing = [];
    bool _nonceSeen;

    /// <summary>Parses what was given; what does not parse, or is no answer, is a failed check.</summary>
    public static List<OcspResponse> ParseAll(ImmutableArray<ReadOnlyMemory<byte>> encoded, bool anyTimeForm, CheckList checks)
    {
        var responses = new List<OcspResponse>();
        var malformed = new List<string>();
        var unsuccessful = new List<string>();
        foreach (var der in encoded.IsDefault ? [] : encoded)
        {
            try
            {
                var response = OcspResponse.Parse(der, anyTimeForm);
                if (response.Status == 0)
                {
                    responses.Add(response);
                }
                else
                {
                    unsuccessful.Add(StatusName(response.Status));
                }
            }
            catch (CertificateFormatException exception)
            {
                malformed.Add(exception.Message);
            }
        }

        if (!encoded.IsDefaultOrEmpty)
        {
            checks.Add(OcspRules.Malformed, malformed, "DER of the basic response type");
            checks.Add(OcspRules.Successful, unsuccessful, "successful");
        }

        return responses;
    }

    /// <summary>Looks for the answer about one certificate.</summary>
    public void Check(string label, Certificate certificate, Certificate issuer, IReadOnlyList<OcspResponse> responses)
    {
        var found = false;
        foreach (var response in responses)
        {
            foreach (var answer in response.Answers.Where(answer => answer.IsAbout(certificate, issuer)))
            {
                found = true;
                CheckAnswer(label, response, answer, issuer);
            }
        }

        if (!found)
        {
            _missing.Add(label);
        }
    }

    /// <summary>One answer of one response, whose issuer is known.</summary>
    public void CheckAnswer(string label, OcspResponse response, OcspSingleResponse answer, Certificate issuer)
    {
        CheckSigner(label, response, issuer);
        CheckTime(label, response, answer);
        CheckNonce(label, response);
        if (response.HasCriticalExtension || answer.HasCriticalExtension)
        {
            _critical.Add(label + ": has one");
        }

        switch (answer.Status)
        {
            case OcspCertificateStatus.Good:
                break;
            case OcspCertificateStatus.Revoked when answer.Reason == OcspSingleResponse.CertificateHold:
                _onHold.Add(label + ": since " + CertificatePath.Text(answer.RevokedAt!.Value));
                break;
            case OcspCertificateStatus.Revoked:
                _revoked.Add(string.Create(CultureInfo.InvariantCulture, $"{label}: since {CertificatePath.Text(answer.RevokedAt!.Value)}, reason {answer.Reason ?? 0}"));
                break;
            default:
                _unknown.Add(label);
                break;
        }
    }

    /// <summary>Adds one check per rule. Missing answers are a check that could not be made; everything wrong with given ones fails.</summary>
    public void Report(CheckList checks)
    {
        if (_missing.Count > 0)
        {
            checks.Skip(OcspRules.Missing, "none for " + string.Join(", ", _missing), "an answer for each", Name(OcspRules.Missing));
        }
        else
        {
            checks.Add(OcspRules.Missing, CheckOutcome.Pass, name: Name(OcspRules.Missing));
        }

        Add(checks, OcspRules.Responder, _responder, "the issuer, or a certificate of it for OCSP signing");
        Add(checks, OcspRules.Signature, _signature, "valid");
        Add(checks, OcspRules.Current, _current, "from thisUpdate to nextUpdate at " + CertificatePath.Text(context.At));
        Add(checks, OcspRules.CriticalExtension, _critical, "none");
        Add(checks, OcspRules.Revoked, _revoked, "good");
        Add(checks, OcspRules.OnHold, _onHold, "good");
        Add(checks, OcspRules.Unknown, _unknown, "good");
        if (_nonce.Count > 0)
        {
            Add(checks, OcspRules.Nonce, _nonce, Convert.ToHexStringLower(context.Nonce.Span));
        }
        else
        {
            checks.Add(OcspRules.Nonce, _nonceSeen ? CheckOutcome.Pass : CheckOutcome.Skip, actual: _nonceSeen ? null : "the answers carry none; their time bounds hold", required: false, name: Name(OcspRules.Nonce));
        }
    }

    void CheckSigner(string label, OcspResponse response, Certificate issuer)
    {
        var (signer, problem) = Signer(response, issuer);
        if (signer is null)
        {
            _responder.Add($"{label}: {problem}");
            return;
        }

        using var key = PublicKey.From(signer);
        var signed = SignatureAlgorithm.Parse(response.SignatureAlgorithm) is { } algorithm && context.Profile.Signatures.Contains(algorithm)
            && key is not null && context.Profile.Keys.Contains(key.Kind) && key.Verify(response.Tbs.Span, response.Signature, algorithm);
        if (!signed)
        {
            _signature.Add(label + ": not signed by it with an accepted algorithm");
        }
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
            _ when !HasOcspSigning(delegated) => (null, "the responder's certificate is not for OCSP signing"),
            _ when delegated.IsCertificateAuthority || delegated.KeyUsage is { } usage && !usage.HasFlag(X509KeyUsageFlags.DigitalSignature) => (null, "the responder's certificate is not one for signatures"),
            _ when delegated.Extensions.Any(extension => extension.Critical && extension.Oid is not (Oids.BasicConstraints or Oids.KeyUsage or Oids.ExtendedKeyUsage)) => (null, "the responder's certificate has an unknown critical extension"),
            _ when context.At < delegated.NotBefore || context.At > delegated.NotAfter => (null, "the responder's certificate is valid " + CertificatePath.Text(delegated.NotBefore) + " to " + CertificatePath.Text(delegated.NotAfter)),
            _ => (delegated, null),
        };
    }

    bool IsSignedBy(Certificate certificate, Certificate issuer)
    {
        using var key = PublicKey.From(issuer);
        return certificate.SignatureAlgorithm.Span.SequenceEqual(certificate.InnerSignatureAlgorithm.Span)
            && SignatureAlgorithm.Parse(certificate.SignatureAlgorithm) is { } algorithm && context.Profile.Signatures.Contains(algorithm)
            && key?.Verify(certificate.Tbs.Span, certificate.Signature, algorithm) == true;
    }

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

    void CheckTime(string label, OcspResponse response, OcspSingleResponse answer)
    {
        var latest = Instant.Add(context.At, context.ClockSkew);
        if (answer.NextUpdate is not { } next)
        {
            _current.Add(label + ": has no nextUpdate");
        }
        else if (answer.ThisUpdate > latest || response.ProducedAt > latest || next < context.At || next < answer.ThisUpdate)
        {
            _current.Add($"{label}: {CertificatePath.Text(answer.ThisUpdate)} to {CertificatePath.Text(next)}, made {CertificatePath.Text(response.ProducedAt)}");
        }
    }

    void CheckNonce(string label, OcspResponse response)
    {
        if (response.Nonce is not { } nonce || context.Nonce.IsEmpty)
        {
            return;
        }

        if (nonce.Span.SequenceEqual(context.Nonce.Span))
        {
            _nonceSeen = true;
        }
        else if (!context.AllowsOtherNonce)
        {
            _nonce.Add($"{label}: {Convert.ToHexStringLower(nonce.Span)}");
        }
    }

    string Name(CheckRule rule) => $"{chainName}: {rule.Name}";

    void Add(CheckList checks, CheckRule rule, List<string> problems, string expected) => checks.Add(rule, problems, expected, Name(rule));

    static string StatusName(int status) => status switch
    {
        1 => "malformedRequest",
        2 => "internalError",
        3 => "tryLater",
        5 => "sigRequired",
        6 => "unauthorized",
        _ => string.Create(CultureInfo.InvariantCulture, $"status {status}"),
    };
}
