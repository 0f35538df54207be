using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>Where an entry stands in the log's tree, with the log's signed tree head (a note), which bundles of version 0.1 may lack.</summary>
sealed record InclusionProof(long LogIndex, long TreeSize, ReadOnlyMemory<byte> RootHash, ImmutableArray<ReadOnlyMemory<byte>> Hashes, string? Checkpoint);
