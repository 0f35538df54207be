using System.Collections.Immutable;
using Amnion.Attestation;

namespace Amnion.Enclave.Nsm;

/// <summary>A document as the security module gave it, and what the enclave itself reads of it.</summary>
/// <param name="Bytes">The document.</param>
/// <param name="Timestamp">When the module made it.</param>
/// <param name="Registers">Its locked registers.</param>
sealed record ModuleDocument(byte[] Bytes, DateTimeOffset Timestamp, ImmutableSortedDictionary<int, Measurement> Registers);
