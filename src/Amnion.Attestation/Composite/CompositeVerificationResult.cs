using System.Collections.Immutable;

namespace Amnion.Attestation.Composite;

/// <summary>What a verification found.</summary>
/// <param name="Checks">Every check; the Evidence is authentic where none rejects.</param>
/// <param name="Fields">Decoded values of every part, each under the name that its format gives it. Authentic only where the checks say so.</param>
public sealed record CompositeVerificationResult(ImmutableArray<AttestationCheck> Checks, ImmutableArray<EvidenceField> Fields);
