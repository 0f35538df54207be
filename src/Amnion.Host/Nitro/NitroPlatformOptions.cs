using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Host.Nitro;

/// <summary>How <see cref="NitroPlatform"/> starts enclaves.</summary>
public sealed record NitroPlatformOptions
{
    /// <summary>The enclave image file (EIF).</summary>
    public required string Image { get; init; }

    /// <summary>Bytes of memory, see <see cref="EnclaveResources"/>: at least 64 MiB; whole huge pages are given.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Processors out of the pool; whole cores. Not used where <see cref="CpuIds"/> names them.</summary>
    public int Cpus { get; init; } = 2;

    /// <summary>Exactly these processors; empty for any.</summary>
    public ImmutableArray<int> CpuIds { get; init; } = [];

    /// <summary>vsock context identifier, 4 or more; 0 lets the hypervisor choose.</summary>
    public uint Cid { get; init; }

    /// <summary>The pool's NUMA node, to which huge pages are bound; null where it is not known.</summary>
    public int? Node { get; init; }

    /// <summary>Starts it with a console that the host reads, and with registers that are all zero: no policy accepts its Evidence.</summary>
    public bool DangerousDebugMode { get; init; }

    /// <summary>Registers as measured from the image: 0, 1, 2 and, where it is signed, 8.</summary>
    public required ImmutableSortedDictionary<int, Digest> Registers { get; init; }

    /// <summary>Waits until the frame endpoint answers. False for images that have none.</summary>
    public bool RequireEndpoint { get; init; } = true;
}
