using System.Collections.Immutable;
using Amnion.Records.Frames;

namespace Amnion.Host;

/// <summary>What an enclave is to become and what it needs for that. Nothing in it is secret from the host.</summary>
public sealed record EnclaveDeployment
{
    /// <summary>What is measured at boot.</summary>
    public required BootRequest Boot { get; init; }

    /// <summary>Data keys to ask the broker for.</summary>
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>Sealed files to carry, in order.</summary>
    public required ImmutableArray<SealedFile> Weights { get; init; }

    /// <summary>Fetches the newest signed configuration release; asked at every start and again at intervals, since releases expire.</summary>
    public required Func<CancellationToken, Task<byte[]>> Configuration { get; init; }
}
