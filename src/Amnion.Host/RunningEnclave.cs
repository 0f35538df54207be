using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Host;

/// <summary>One enclave that runs and listens. Disposing ends it and waits until it is gone.</summary>
public abstract class RunningEnclave : IAsyncDisposable
{
    private protected RunningEnclave()
    {
    }

    /// <summary>The platform's name.</summary>
    public abstract string Platform { get; }

    /// <summary>The security module's identifier, as its documents name it.</summary>
    public abstract string ModuleId { get; }

    /// <summary>Registers measured at launch.</summary>
    public abstract ImmutableSortedDictionary<int, Digest> LaunchRegisters { get; }

    /// <summary>How to speak with it.</summary>
    public abstract EnclaveConnection Connection { get; }

    /// <summary>Completes with the exit status when the enclave ends by itself or is ended.</summary>
    public abstract Task<int> Exited { get; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
