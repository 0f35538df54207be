using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Certificates;

/// <summary>
/// Applies OCSP responses to certificates of a chain: RFC 6960 §3.2. One check per rule, every offender named. An answer counts only
/// where all of it holds; a certificate without one is reported as missing.
/// </summary>
/// <param name="context">Time, nonce and profile.</param>
/// <param name="chainName">Put before each check's name.</param>
sealed class OcspVerifier(OcspContext context, string chainName)
{
    readonly OcspSigners _signers = new(context);
    readonly List<string> _responder = [];
    readonly List<string> _signature = [];
    readonly List<string> _current = [];
    readonly List<string> _nonce = [];
    readonly List<string> _revoked = [];
    readonly List<string> _onHold = [];
    readonly List<string> _unknown = [];
    readonly List<string> _critical = [];
    readonly List<string> _missing = [];
    int _answers;
    int _withNonce;

    /// <summary>Parses what was given; what does not parse, or is no answer, is a failed check.</summary>
    public static List<OcspResponse> ParseAll(ImmutableArray<ReadOnlyMemory<byte>> encoded, bool anyTimeForm, AppraisalCache? cache, CheckList checks)
    {
        var responses = new List<OcspResponse>();
        var malformed = new List<string>();
        var unsuccessful = new List<string>();
        foreach (var der in encoded.IsDefault ? [] : encoded)
        {
            try
            {
                var response = AppraisalCache.Read(cache, anyTimeForm ? "OCSP, any time form" : nameof(OcspResponse), der, bytes => OcspResponse.Parse(bytes, anyTimeForm));
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
            // One answer of our own says nothing about the age of the others.
            var all = _answers > 0 && _withNonce == _answers;
            var actual = all ? null : string.Create(CultureInfo.InvariantCulture, $"{_answers - _withNonce} of {_answers} answers do not carry it; their time bounds hold");
            checks.Add(OcspRules.Nonce, all ? CheckOutcome.Pass : CheckOutcome.Skip, actual: actual, required: false, name: Name(OcspRules.Nonce));
        }
    }

    void CheckSigner(string label, OcspResponse response, Certificate issuer)
    {
        var signer = _signers.Of(response, issuer);
        if (signer.Problem is { } problem)
        {
            _responder.Add($"{label}: {problem}");
        }
        else if (!signer.HasSigned)
        {
            _signature.Add(label + ": not signed by it with an accepted algorithm");
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
        _answers++;
        if (response.Nonce is not { } nonce || context.Nonce.IsEmpty)
        {
            return;
        }

        if (nonce.Span.SequenceEqual(context.Nonce.Span))
        {
            _withNonce++;
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
