using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Sigstore;

/// <summary>A certificate authority or timestamp authority of the trusted root, with its chain in the root's order: issuer of leaves first, anchor last.</summary>
sealed record AuthorityInstance(ImmutableArray<Certificate> Chain, ValidityPeriod ValidFor);
