using System.Collections.Immutable;

namespace Amnion.Attestation;

/// <summary>Evidence whose format was recognised, decoded and not verified.</summary>
/// <param name="Platform">The platform it speaks for; see <see cref="AttestationPlatform"/>.</param>
/// <param name="Format">The format in words, for example "SEV-SNP attestation report, version 3".</param>
/// <param name="Fields">Every decoded value, in the format's order. Unauthenticated: fit to be shown, never to be relied on.</param>
public sealed record ParsedEvidence(string Platform, string Format, ImmutableArray<EvidenceField> Fields);
