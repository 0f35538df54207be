namespace Amnion.Host.Qemu;

/// <summary>How <see cref="QemuPlatform"/> runs an image.</summary>
public sealed record QemuPlatformOptions
{
    /// <summary>The enclave image, EIF version 4 for x86-64.</summary>
    public required string Image { get; init; }

    /// <summary>The programs.</summary>
    public required QemuTools Tools { get; init; }

    /// <summary>Private state of this user: "dev-root" and "run" are made in it.</summary>
    public required string Home { get; init; }

    /// <summary>Memory of the machine, MiB; null for what <see cref="QemuMemory"/> works out.</summary>
    public int? MemoryMiB { get; init; }

    /// <summary>Virtual processors.</summary>
    public int Processors { get; init; } = 2;

    /// <summary>Bytes of weights the machine must have room for.</summary>
    public long WeightsLength { get; init; }

    /// <summary>What register 3 measures, where AWS has the parent instance's IAM role.</summary>
    public string Role { get; init; } = "qemu:role:development";

    /// <summary>What register 4 measures, where AWS has the parent instance's identifier.</summary>
    public string Instance { get; init; } = $"qemu:instance:{Environment.MachineName}";

    /// <summary>How long a start may take until the program inside answers. Without hardware virtualisation some seconds are usual; a busy machine needs more.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gets what the machine's console prints, besides the bounded copy for messages. It may hold anything the kernel prints. Null for nowhere.</summary>
    public Action<ReadOnlyMemory<byte>>? Console { get; init; }
}
