using System.Collections.Immutable;
using Amnion.Attestation.Dcap.Collateral;
using Amnion.Attestation.Dcap.Pck;
using Amnion.Attestation.Dcap.Sgx;
using Amnion.Attestation.Dcap.Tdx;

namespace Amnion.Attestation.Dcap;

/// <summary>Compares an authentic quote with a policy: RFC 9334 §8.4.</summary>
public static class DcapAppraiser
{
    /// <summary>Parses, verifies and appraises.</summary>
    public static AttestationResult Appraise(ReadOnlySpan<byte> quote, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(DcapQuote.Parse(quote), policy, context);
        }
        catch (DcapFormatException exception)
        {
            return Malformed(exception, policy);
        }
    }

    /// <summary>Verifies and appraises a parsed quote.</summary>
    public static AttestationResult Appraise(DcapQuote quote, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(quote);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        return Appraise(quote, policy, context, new CheckList(policy.MaySkip));
    }

    internal static AttestationResult Appraise(DcapQuote quote, AppraisalPolicy policy, AppraisalContext context, CheckList checks, ReadOnlyMemory<byte>? publicKey = null)
    {
        context = FieldAppraisal.Begin(quote.Platform, policy, context, checks);
        checks.Add(DcapRules.Malformed, CheckOutcome.Pass);
        var (fields, chain, findings) = DcapVerifier.Verify(quote, new DcapVerification
        {
            Anchors = policy.Words.Anchors,
            At = context.Now,
            Endorsements = context.Endorsements,
            Revoked = context.Revoked,
            Cache = context.Cache,
        }, checks);
        CheckStatus(findings, policy, checks);
        if (quote.TdReport is { } td)
        {
            TdReportRules.CheckPolicy(td, policy, checks);
        }
        else
        {
            SgxReportRules.CheckPolicy(quote.Report!, policy, checks);
        }

        FieldAppraisal.Check(fields, quote.TdReport is null ? DcapFields.Sgx : DcapFields.Tdx, quote.IsDebug ? "the DEBUG attribute is set" : null, policy, context, checks);
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), checks.Authentic ? Claims(quote, chain!, fields, publicKey) : null);
    }

    internal static AttestationResult Malformed(DcapFormatException exception, AppraisalPolicy policy)
    {
        var malformed = new CheckList();
        malformed.Add(DcapRules.Of(exception.Code), CheckOutcome.Fail, actual: exception.Message);
        return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
    }

    internal static void CheckStatus(TcbFindings findings, AppraisalPolicy policy, CheckList checks)
    {
        var accepted = policy.Words.TcbStatuses;
        if (findings.Status is { } status)
        {
            checks.Add(DcapRules.TcbRevoked, status != TcbStatus.Revoked, "another status", status.Word());
            checks.Add(DcapRules.TcbStatus, policy.TcbStatuses.Contains(status.Word()), accepted, status.Word());
        }
        else
        {
            CheckParts(findings, accepted, policy, checks);
        }

        if (findings is { PlatformStatus: null, QeStatus: null })
        {
            return;
        }

        var unwanted = findings.Advisories.IsEmpty ? null : findings.Advisories.Where(advisory => !policy.Advisories.Contains(advisory)).ToList();
        checks.Add(DcapRules.Advisories, unwanted, policy.Words.Advisories);
    }

    /// <summary>What is known of one part still counts: whoever leaves the other part's statement out must not gain by it, even where the policy lets the whole go unknown.</summary>
    static void CheckParts(TcbFindings findings, string accepted, AppraisalPolicy policy, CheckList checks)
    {
        List<(string Part, string Word)> known = [];
        known.AddRange(findings.PlatformStatus is { } platform ? [("platform", platform.Word())] : []);
        known.AddRange(findings.QeStatus is { } qe ? [("quoting enclave", qe.Word())] : []);
        foreach (var (part, word) in known.Where(entry => !policy.TcbStatuses.Contains(entry.Word) || entry.Word == TcbStatus.Revoked.Word()))
        {
            checks.Add(word == TcbStatus.Revoked.Word() ? DcapRules.TcbRevoked : DcapRules.TcbStatus, CheckOutcome.Fail, accepted, $"{word} ({part} alone)");
        }

        checks.Skip(DcapRules.TcbStatus, "of the whole not known without TCB info, a level in it, and the quoting enclave's identity", accepted);
    }

    static AttestationClaims Claims(DcapQuote quote, PckChain chain, List<EvidenceField> fields, ReadOnlyMemory<byte>? publicKey) => new()
    {
        AttesterId = DcapFields.Hex(chain.Extension!.PlatformInstanceId ?? chain.Extension.Ppid),
        IssuedAt = null,
        Registers = quote.TdReport is { } td
            ? Enumerable.Range(0, 4).ToImmutableSortedDictionary(i => i, i => new Measurement(td.Rtmr(i).Span))
            : ImmutableSortedDictionary<int, Measurement>.Empty,
        PublicKey = publicKey,
        UserData = quote.ReportData,
        TrustAnchor = chain.RootFirst[0].KeyDigest,
        Debug = quote.IsDebug,
        Fields = [.. fields],
    };
}
