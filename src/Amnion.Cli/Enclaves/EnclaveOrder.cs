using System.Collections.Immutable;

namespace Amnion.Cli.Enclaves;

/// <summary>What the process that holds an enclave is told: everything is decided, nothing is computed again.</summary>
/// <param name="Name">The enclave's name.</param>
/// <param name="Platform">"nitro" or "qemu".</param>
/// <param name="Image">The image file.</param>
/// <param name="MemoryBytes">Memory, bytes.</param>
/// <param name="Cpus">Number of processors.</param>
/// <param name="CpuIds">Exactly these; empty for any.</param>
/// <param name="Cid">vsock context identifier; 0 for any.</param>
/// <param name="IsDebug">Whether it gets a console.</param>
sealed record EnclaveOrder(string Name, string Platform, string Image, long MemoryBytes, int Cpus, ImmutableArray<int> CpuIds, uint Cid, bool IsDebug);
