namespace Amnion.Bench.Deployed;

/// <summary>A line of the process table.</summary>
sealed record ProcessEntry(int Id, int Parent, string Name, TimeSpan Cpu);
