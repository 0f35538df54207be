using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Host.Local;

/// <summary>An enclave as a sandboxed process of this machine. EMULATED: root on this machine can read it.</summary>
[SupportedOSPlatform("linux")]
public sealed class LocalEnclave : RunningEnclave
{
    /// <summary>How long a killed enclave's last process may take to disappear.</summary>
    static readonly TimeSpan GoneLimit = TimeSpan.FromSeconds(10);

    readonly SpawnedProcess _process;
    readonly RunDirectory _directory;
    readonly DevelopmentNsm _nsm;
    readonly Socket _nsmSocket;
    readonly Socket _errorSocket;
    readonly Task _nsmServed;
    readonly Task _errorsDrained;
    int _disposed;

    internal LocalEnclave(SpawnedProcess process, RunDirectory directory, DevelopmentNsm nsm, Socket nsmSocket, Socket errorSocket, EnclaveConnection connection)
    {
        _process = process;
        _directory = directory;
        _nsm = nsm;
        _nsmSocket = nsmSocket;
        _errorSocket = errorSocket;
        Connection = connection;
        Errors = new EnclaveErrors(errorSocket);
        _nsmServed = NsmSocket.ServeAsync(nsm, nsmSocket);
        _errorsDrained = Errors.DrainAsync();
    }

    /// <inheritdoc/>
    public override string Platform => AttestationPlatform.Local;

    /// <inheritdoc/>
    public override string ModuleId => _nsm.ModuleId;

    /// <inheritdoc/>
    public override ImmutableSortedDictionary<int, Digest> LaunchRegisters => Measurement.Registers;

    /// <inheritdoc/>
    public override EnclaveConnection Connection { get; }

    /// <inheritdoc/>
    public override Task<int> Exited => _process.Exited;

    /// <summary>What was measured.</summary>
    public required ImageMeasurement Measurement { get; init; }

    /// <summary>Which layers of the sandbox are in force.</summary>
    public required SandboxReport Sandbox { get; init; }

    /// <summary>What the enclave asked its security module, in order.</summary>
    public ImmutableArray<NsmTraceEntry> Trace => _nsm.Trace;

    /// <summary>Id of the process this host started: bubblewrap, or the program itself where the sandbox is missing.</summary>
    public int ProcessId => _process.Id;

    internal EnclaveErrors Errors { get; }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // An enclave keeps nothing, so there is nothing to end gently. bubblewrap's death kills everything in its process namespace;
        // the security module's socket ends only when the last of them is gone.
        _process.Kill();
        _ = await _process.Exited.ConfigureAwait(false);
        await Task.WhenAll(_nsmServed, _errorsDrained).WaitAsync(GoneLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _nsmSocket.Dispose();
        _errorSocket.Dispose();
        await Task.WhenAll(_nsmServed, _errorsDrained).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _nsm.Dispose();
        _directory.Dispose();
    }
}
