namespace Amnion.Bench.Deployed;

/// <summary>What a run over the whole sealed path took.</summary>
/// <param name="Tokens">Tokens generated in all streams, as the usage says.</param>
/// <param name="Pieces">Reads that the callers made of the answers' bodies.</param>
/// <param name="First">Until the first text of any stream.</param>
/// <param name="Elapsed">Until the last stream ended.</param>
/// <param name="Cpu">Processor time by role.</param>
sealed record SealedResult(int Tokens, long Pieces, TimeSpan First, TimeSpan Elapsed, IReadOnlyDictionary<string, TimeSpan> Cpu);
