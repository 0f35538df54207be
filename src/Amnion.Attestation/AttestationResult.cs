using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Amnion.Attestation;

/// <summary>
/// What an appraisal found: RFC 9334 §8.4. It lists every check, failed or not, and cannot be built with a verdict that its
/// checks do not support.
/// </summary>
public sealed record AttestationResult
{
    AttestationResult(string platform, AttestationVerdict verdict, bool atDocumentTime, ImmutableArray<AttestationCheck> checks, AttestationClaims? claims)
    {
        Platform = platform;
        Verdict = verdict;
        AtDocumentTime = atDocumentTime;
        Checks = checks;
        Claims = claims;
    }

    /// <summary>The platform that the policy named; see <see cref="AttestationPlatform"/>.</summary>
    public string Platform { get; }

    /// <summary>True for platforms without a security boundary. Show it wherever the result is shown.</summary>
    public bool Emulated => AttestationPlatform.IsEmulated(Platform);

    /// <summary>True only where every check that the policy requires passed; a skipped one is not passed.</summary>
    public bool Accepted => Verdict == AttestationVerdict.Accepted;

    /// <summary>The answer, with the two ways of not getting as far as a comparison kept apart.</summary>
    public AttestationVerdict Verdict { get; }

    /// <summary>
    /// True for an audit at the document's own time. Such a result says nothing about freshness and must not release a key
    /// or open a connection.
    /// </summary>
    public bool AtDocumentTime { get; }

    /// <summary>Every check in a fixed order.</summary>
    public ImmutableArray<AttestationCheck> Checks { get; }

    /// <summary>The checks that forbid acceptance, in the same order.</summary>
    public IEnumerable<AttestationCheck> Failures => Checks.Where(check => check.Rejects);

    /// <summary>
    /// The verified claims; null unless the signature, the chain and the trust anchor all passed, so that unauthenticated
    /// values cannot be used by mistake. Present does not mean accepted: look at <see cref="Accepted"/> first.
    /// </summary>
    public AttestationClaims? Claims { get; }

    internal static AttestationResult FromChecks(string platform, bool atDocumentTime, ImmutableArray<AttestationCheck> checks, AttestationClaims? claims)
    {
        // No checks at all is no appraisal; the second condition keeps an empty list from counting as accepted.
        var accepted = claims is not null && HasRequired(checks) && !HasRejecting(checks);
        claims = claims is not null && CountRemarks(claims.Fields) is > 0 and var remarks ? claims with { Fields = WithoutRemarks(claims.Fields, remarks) } : claims;
        return new AttestationResult(platform, accepted ? AttestationVerdict.Accepted : AttestationVerdict.Rejected, atDocumentTime, checks, claims);
    }

    static bool HasRequired(ImmutableArray<AttestationCheck> checks)
    {
        foreach (var check in checks)
        {
            if (check.Required)
            {
                return true;
            }
        }

        return false;
    }

    static bool HasRejecting(ImmutableArray<AttestationCheck> checks)
    {
        foreach (var check in checks)
        {
            if (check.Rejects)
            {
                return true;
            }
        }

        return false;
    }

    static int CountRemarks(ImmutableArray<EvidenceField> fields)
    {
        var count = 0;
        foreach (var field in fields)
        {
            count += field.IsRemark ? 1 : 0;
        }

        return count;
    }

    static ImmutableArray<EvidenceField> WithoutRemarks(ImmutableArray<EvidenceField> fields, int remarks)
    {
        var kept = new EvidenceField[fields.Length - remarks];
        var count = 0;
        foreach (var field in fields)
        {
            if (!field.IsRemark)
            {
                kept[count++] = field;
            }
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(kept);
    }

    internal static AttestationResult Malformed(string platform, AttestationCheck failure) =>
        new(platform, AttestationVerdict.Malformed, atDocumentTime: false, [failure], claims: null);

    internal static AttestationResult Unsupported(string platform, AttestationCheck failure) =>
        new(platform, AttestationVerdict.Unsupported, atDocumentTime: false, [failure], claims: null);
}
