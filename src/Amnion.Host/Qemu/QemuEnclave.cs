using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Host.Qemu;

/// <summary>An image that runs under QEMU's nitro-enclave machine. EMULATED: root on this machine can read it.</summary>
[SupportedOSPlatform("linux")]
public sealed class QemuEnclave : RunningEnclave
{
    readonly QemuMachine _machine;
    readonly DocumentEndorser _endorser;

    internal QemuEnclave(QemuMachine machine, DocumentEndorser endorser, string moduleId, ImmutableSortedDictionary<int, Digest> registers, int memory, EnclaveConnection connection)
    {
        _machine = machine;
        _endorser = endorser;
        ModuleId = moduleId;
        LaunchRegisters = registers;
        MemoryMiB = memory;
        Connection = connection;
    }

    /// <inheritdoc/>
    public override string Platform => AttestationPlatform.Qemu;

    /// <inheritdoc/>
    public override string ModuleId { get; }

    /// <inheritdoc/>
    public override ImmutableSortedDictionary<int, Digest> LaunchRegisters { get; }

    /// <inheritdoc/>
    public override EnclaveConnection Connection { get; }

    /// <inheritdoc/>
    public override Task<int> Exited => _machine.Exited;

    /// <summary>The machine's memory, MiB.</summary>
    public int MemoryMiB { get; }

    /// <summary>Id of QEMU's process.</summary>
    public int ProcessId => _machine.ProcessId;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync().ConfigureAwait(false);
        _endorser.Dispose();
    }
}
