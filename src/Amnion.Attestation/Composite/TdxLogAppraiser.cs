using System.Collections.Immutable;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.EventLogs;

namespace Amnion.Attestation.Composite;

/// <summary>Appraises a trust domain's quote together with the log that explains its registers: RFC 9334 §8.4.</summary>
public static class TdxLogAppraiser
{
    /// <summary>What measured the runtime events: initial contents, firmware's configuration, kernel, command line.</summary>
    static readonly string[] s_base = ["td.mrtd", "td.rtmr0", "td.rtmr1", "td.rtmr2"];

    /// <summary>Appraises the quote, then replays the context's CC event log where there is one. Fields of the log can be pinned as those of the quote.</summary>
    public static AttestationResult Appraise(ReadOnlySpan<byte> quote, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        return DcapQuote.TryParse(quote, out var parsed)
            ? Appraise(parsed, policy, context, checks => TdxLogVerifier.Check(context.EventLog, parsed, context.Cache, checks))
            : DcapAppraiser.Appraise(quote, policy, context);
    }

    /// <summary>Appraises dstack's Evidence: the quote in it, and its events.</summary>
    /// <param name="evidence">See <see cref="DstackEvidence"/>.</param>
    /// <param name="policy">For <see cref="AttestationPlatform.Tdx"/>. Runtime events are pinned as values "dstack.NAME", hexadecimal.</param>
    /// <param name="context">As for the quote alone.</param>
    public static AttestationResult AppraiseDstack(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        DstackEvidence parsed;
        try
        {
            parsed = DstackEvidence.Parse(evidence);
        }
        catch (EventLogFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(EventLogRules.Log, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }

        return AppraiseDstack(parsed, policy, context);
    }

    internal static AttestationResult AppraiseDstack(DstackEvidence evidence, AppraisalPolicy policy, AppraisalContext context) => DcapQuote.TryParse(evidence.Quote.Span, out var quote)
        ? Appraise(quote, policy, context, checks => CheckDstack(evidence, quote, policy, context, checks))
        : DcapAppraiser.Appraise(evidence.Quote.Span, policy, context);

    /// <summary>The quote's appraisal with values of the log taken out of the policy, and then the log's with those alone.</summary>
    static AttestationResult Appraise(DcapQuote quote, AppraisalPolicy policy, AppraisalContext context, Func<CheckList, ImmutableArray<EvidenceField>> checkLog)
    {
        var ofLog = policy.Values.Where(pair => IsOfLog(pair.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var result = DcapAppraiser.Appraise(quote, policy with { Values = policy.Values.RemoveRange(ofLog.Keys) }, context);
        var checks = new CheckList(policy.MaySkip);
        checks.AddRange(result.Checks);
        var fields = checkLog(checks);
        FieldAppraisal.CheckValues(fields, policy with { Values = ofLog, Floors = AppraisalPolicy.NoFloors }, checks);
        var claims = result.Claims is { } claimed && checks.Authentic ? claimed with { Fields = claimed.Fields.AddRange(fields) } : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    static ImmutableArray<EvidenceField> CheckDstack(DstackEvidence evidence, DcapQuote quote, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        if (context.EventLog is not null)
        {
            // Nothing would replay it, and whoever brings it takes it for checked.
            checks.Add(EventLogRules.Log, CheckOutcome.Fail, "no other event log: dstack's is in the Evidence", "one was given");
        }

        DstackVerifier.Verify(evidence, TdxLogVerifier.Rtmrs(quote, 0), quote.ReportData.Span, checks);
        var unpinned = s_base.Where(name => !policy.Values.ContainsKey(name)).ToList();
        checks.Add(EventLogRules.RuntimeUnpinned, unpinned, string.Join(", ", s_base));
        return evidence.Fields;
    }

    static bool IsOfLog(string name) => name.StartsWith("dstack.", StringComparison.Ordinal) || name.StartsWith("event.", StringComparison.Ordinal) || name.StartsWith("log.", StringComparison.Ordinal);
}
