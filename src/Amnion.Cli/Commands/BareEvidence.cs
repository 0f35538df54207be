using Amnion.Attestation;

namespace Amnion.Cli.Commands;

/// <summary>Appraises a bare report, quote or document.</summary>
static class BareEvidence
{
    public static (AttestationResult Result, ParsedEvidence Parsed) Read(byte[] content, string? policyPath, AppraisalContext context)
    {
        var (bytes, parsed) = EvidenceFile.Read(content);
        var policy = policyPath is null ? Unpinned(parsed) : PolicyFile.Read(policyPath, State.AmnionHome.Open());

        // The format of real Nitro documents serves emulated enclaves too; only the policy tells which one is meant.
        var platform = parsed.Platform == AttestationPlatform.Nitro && AttestationPlatform.IsEmulated(policy.Platform) ? policy.Platform : parsed.Platform;
        return (EvidenceAppraiser.Appraise(platform, bytes, policy, context), parsed);
    }

    /// <summary>The manufacturer's roots and no Reference Value: signatures and chains are verified, and the verdict is a refusal, since nobody said which code may run.</summary>
    static AppraisalPolicy Unpinned(ParsedEvidence parsed)
    {
        var roots = ManufacturerRoots.Of(parsed.Platform);
        return new AppraisalPolicy
        {
            Platform = parsed.Platform,
            TrustAnchor = roots.IsEmpty ? Measurement.Zero(32) : roots[0],
            FurtherTrustAnchors = roots.Length > 1 ? roots[1..] : [],
        };
    }
}
