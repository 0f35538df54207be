namespace Amnion.Inference.Pool;

/// <summary>A request's turn: a worker of its tenant, or why there is none.</summary>
/// <param name="Client">The worker; null where refused.</param>
/// <param name="Release">To be called once when the request has ended.</param>
/// <param name="Code">Why it was refused; null where it was not.</param>
readonly record struct Admission(WorkerClient? Client, Action? Release, string? Code);
