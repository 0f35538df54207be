using Amnion.Inference.Linux;

namespace Amnion.Inference.Pool;

/// <summary>A started worker that has not been spoken to.</summary>
/// <param name="Process">The process.</param>
/// <param name="Channel">The near end of its socket.</param>
/// <param name="Layers">The layers put on it before exec.</param>
sealed record LaunchedWorker(SpawnedProcess Process, UnixChannel Channel, IReadOnlyList<ConfinementLayer> Layers);
