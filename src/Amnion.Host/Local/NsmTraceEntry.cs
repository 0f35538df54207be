namespace Amnion.Host.Local;

/// <summary>One request the emulated security module carried out, without content.</summary>
/// <param name="Kind">The request's name, for example "ExtendPCR".</param>
/// <param name="Register">The register (or range) it named; null where it names none.</param>
/// <param name="Refused">Whether the module refused it.</param>
public sealed record NsmTraceEntry(string Kind, int? Register, bool Refused);
