namespace Amnion.Bench.Plain;

/// <summary>What a run of the plain engine took.</summary>
/// <param name="Tokens">Tokens generated in all streams.</param>
/// <param name="Bytes">Bytes of text they stand for.</param>
/// <param name="First">Until the first token of any stream.</param>
/// <param name="Elapsed">Until the last.</param>
/// <param name="Cpu">Processor time of the process.</param>
sealed record PlainResult(int Tokens, long Bytes, TimeSpan First, TimeSpan Elapsed, TimeSpan Cpu);
