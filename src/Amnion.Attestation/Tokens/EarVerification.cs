using System.Collections.Immutable;

namespace Amnion.Attestation.Tokens;

/// <summary>What the verification of an EAR found. It lists every check, failed or not.</summary>
public sealed record EarVerification
{
    internal EarVerification(ImmutableArray<AttestationCheck> checks, EarClaims? claims)
    {
        Checks = checks;
        Claims = claims;
    }

    /// <summary>Every check in a fixed order.</summary>
    public ImmutableArray<AttestationCheck> Checks { get; }

    /// <summary>The claims; null unless form, type and signature all passed. Present does not mean accepted.</summary>
    public EarClaims? Claims { get; }

    /// <summary>True only where every required check passed.</summary>
    public bool Accepted => Claims is not null && !Checks.Any(check => check.Rejects);

    /// <summary>The checks that forbid acceptance, in the same order.</summary>
    public IEnumerable<AttestationCheck> Failures => Checks.Where(check => check.Rejects);
}
