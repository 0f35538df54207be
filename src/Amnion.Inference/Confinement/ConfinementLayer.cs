namespace Amnion.Inference;

/// <summary>One layer of the worker's confinement.</summary>
/// <param name="Name">Its name, one of the constants of <see cref="ConfinementReport"/>.</param>
/// <param name="State">Whether it holds.</param>
/// <param name="Required">True where a worker is not started without it, unless <see cref="WorkerOptions.AllowMissingLayers"/> is set.</param>
/// <param name="Reason">Why it is missing; null where it is applied.</param>
public sealed record ConfinementLayer(string Name, ConfinementState State, bool Required, string? Reason);
