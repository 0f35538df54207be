using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap;

/// <summary>What a verification found.</summary>
/// <param name="Checks">Every check; the quote is authentic where none rejects.</param>
/// <param name="Fields">The quote's values and, after them, what Intel's collateral says of the platform, as far as either could be read. Authentic only where the checks say so.</param>
public sealed record DcapVerificationResult(ImmutableArray<AttestationCheck> Checks, ImmutableArray<EvidenceField> Fields);
