using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reference Values for one slot.</summary>
/// <param name="Slot">0 to 63; a report's index is one more.</param>
/// <param name="Name">NVIDIA's name of it.</param>
/// <param name="IsActive">Whether the slot is compared; an inactive one belongs to the other manifest, or is not in use.</param>
/// <param name="Values">Accepted values, SHA-384.</param>
public sealed record NvidiaRimMeasurement(int Slot, string Name, bool IsActive, ImmutableArray<Measurement> Values);
