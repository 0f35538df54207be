using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>What the verification and appraisal of another verifier's token found. It lists every check, failed or not.</summary>
public sealed record TokenVerification
{
    internal TokenVerification(ImmutableArray<AttestationCheck> checks, ImmutableArray<EvidenceField> fields)
    {
        Checks = checks;
        Fields = fields;
    }

    /// <summary>Every check in a fixed order.</summary>
    public ImmutableArray<AttestationCheck> Checks { get; }

    /// <summary>The claims; empty unless every check of authenticity passed, but for those that the caller lets go unmade. Present does not mean accepted.</summary>
    public ImmutableArray<EvidenceField> Fields { get; }

    /// <summary>True only where every required check passed.</summary>
    public bool Accepted => Checks.Any(check => check.Required) && !Checks.Any(check => check.Rejects);

    /// <summary>The checks that forbid acceptance, in the same order.</summary>
    public IEnumerable<AttestationCheck> Failures => Checks.Where(check => check.Rejects);
}
