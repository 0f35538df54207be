using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Bench;

/// <summary>One appraisal to repeat.</summary>
/// <param name="Name">The format.</param>
/// <param name="Request">Evidence, policy that accepts it, endorsements, and a cache.</param>
/// <param name="Signatures">Verifications over the Evidence itself: "P-256", "P-384" or "RSA-2048".</param>
sealed record VerifySample(string Name, AppraisalRequest Request, ImmutableArray<string> Signatures)
{
    public AttestationResult Appraise() => EvidenceAppraiser.Appraise(Request.Platform, Request.Evidence.Span, Request.Policy, Request.Context);
}
