namespace Amnion.Attestation.Dcap.RaTls;

/// <summary>
/// Appraises the certificate of a TLS connection: RFC 9334 §8.4. The result holds for whoever has the certificate's private key, so the caller must
/// have seen it proven in a handshake; nothing else makes the Evidence fresh, unless a nonce is asked for.
/// </summary>
public static class RaTlsAppraiser
{
    static readonly CheckRule s_alone = new(AttestationCodes.Binding, "the certificate's key is all that is to be bound", "Amnion DCAP specification §5", CheckKind.Policy);

    /// <summary>Parses, verifies and appraises. The policy is one for the quote; its binding is the certificate's key and not the context's value.</summary>
    /// <param name="certificate">DER.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="context">Time and endorsements. A nonce is compared with the "nonce" claim; an expected value is not used.</param>
    public static AttestationResult Appraise(ReadOnlySpan<byte> certificate, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            var parsed = RaTlsCertificate.Parse(certificate);
            return Appraise(parsed, DcapQuote.Parse(parsed.Quote.Span), policy, context);
        }
        catch (DcapFormatException exception)
        {
            return DcapAppraiser.Malformed(exception, policy);
        }
    }

    static AttestationResult Appraise(RaTlsCertificate certificate, DcapQuote quote, AppraisalPolicy policy, AppraisalContext context)
    {
        var checks = new CheckList(policy.MaySkip);
        checks.Add(DcapRules.RaTlsMalformed, CheckOutcome.Pass);
        if (context.ExpectedUserData is not null || context.EventLog is not null)
        {
            // Whoever expects another value, or brings a log, means a bare quote; the certificate must not take its place.
            checks.Add(s_alone, CheckOutcome.Fail, "neither expected value nor event log", "one was given");
        }

        var bound = RaTlsVerifier.Check(certificate, quote, context.Now, checks);
        if (!context.Nonce.IsEmpty)
        {
            var holds = context.Nonce.Length is >= Nonce.MinLength and <= Nonce.MaxLength && certificate.Nonce is { } nonce && nonce.Span.SequenceEqual(context.Nonce.Span);
            checks.Add(DcapRules.RaTlsNonce, holds, DcapFields.Hex(context.Nonce) + ", 16 to 64 bytes", certificate.Nonce is { } found ? DcapFields.Hex(found) : "absent");
        }

        return DcapAppraiser.Appraise(
            quote,
            policy with { Binding = BindingForm.ZeroPadded },
            context with { ExpectedUserData = bound },
            checks,
            certificate.SubjectPublicKeyInfo);
    }
}
