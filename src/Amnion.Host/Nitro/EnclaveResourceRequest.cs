using System.Collections.Immutable;

namespace Amnion.Host.Nitro;

/// <summary>What an enclave is to run, and what was asked for.</summary>
public sealed record EnclaveResourceRequest
{
    /// <summary>"nitro" or "qemu".</summary>
    public required string Platform { get; init; }

    /// <summary>Bytes of the image file.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>Bytes of the image's ramdisks, as they are in the file; they are not compressed.</summary>
    public required long RamdiskBytes { get; init; }

    /// <summary>Bytes of the model's files, opened; 0 where no model is loaded.</summary>
    public long ModelBytes { get; init; }

    /// <summary>The model's dimensions; null where no model is loaded.</summary>
    public ModelDimensions? Model { get; init; }

    /// <summary>Tokens of context of one sequence.</summary>
    public int Context { get; init; }

    /// <summary>Sequences at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>--memory; null for what is needed.</summary>
    public long? MemoryMebibytes { get; init; }

    /// <summary>--cpus; null for the default.</summary>
    public int? Cpus { get; init; }

    /// <summary>--cpu-ids; empty for any.</summary>
    public ImmutableArray<int> CpuIds { get; init; } = [];

    /// <summary>Processors of the pool that running enclaves are known to have.</summary>
    public ImmutableArray<int> CpusInUse { get; init; } = [];
}
