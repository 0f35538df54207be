using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>What a verification found. It lists every check, failed or not; a negative answer is data.</summary>
public sealed record SigstoreResult
{
    internal SigstoreResult(ImmutableArray<AttestationCheck> checks) => Checks = checks;

    /// <summary>Every check in a fixed order.</summary>
    public ImmutableArray<AttestationCheck> Checks { get; }

    /// <summary>The checks that forbid acceptance, in the same order.</summary>
    public IEnumerable<AttestationCheck> Failures => Checks.Where(check => check.Rejects);

    /// <summary>True only where every check passed.</summary>
    public bool Accepted => !Checks.IsEmpty && !Checks.Any(check => check.Rejects);

    /// <summary>True where everything is authentic, whatever the policy says to it.</summary>
    public bool Authentic => !Checks.IsEmpty && !Checks.Any(check => check.Rejects && check.Kind == CheckKind.Authenticity);

    /// <summary>The signed statement; null unless authentic, or where the bundle holds a bare signature. Look at <see cref="Accepted"/> first.</summary>
    public InTotoStatement? Statement { get; internal init; }

    /// <summary>Who signed; null unless authentic, or where the policy named a key.</summary>
    public SignerIdentity? Signer { get; internal init; }

    /// <summary>Proven times of the signature, earliest first; empty unless authentic.</summary>
    public ImmutableArray<DateTimeOffset> Times { get; internal init; } = [];

    /// <summary>Decoded values by stable names, authentic or not, for people: see <see cref="Authentic"/>.</summary>
    public ImmutableArray<EvidenceField> Fields { get; internal init; } = [];
}
