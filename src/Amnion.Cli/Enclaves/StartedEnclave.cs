using System.Collections.Immutable;

namespace Amnion.Cli.Enclaves;

/// <summary>An enclave that runs, as the process that holds it sees it. Disposing ends it.</summary>
/// <param name="Id">The security module's identifier.</param>
/// <param name="Cid">vsock context identifier.</param>
/// <param name="CpuIds">Processors out of the host's pool; empty where the host gives none away.</param>
/// <param name="MemoryBytes">Memory, bytes.</param>
/// <param name="Console">The file its console is written to; empty where there is none.</param>
/// <param name="Exited">Completes when it ends.</param>
/// <param name="End">Ends it.</param>
sealed record StartedEnclave(string Id, uint Cid, ImmutableArray<int> CpuIds, long MemoryBytes, string Console, Task<int> Exited, Func<ValueTask> End) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => End();
}
