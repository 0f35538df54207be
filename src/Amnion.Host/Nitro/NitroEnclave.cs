using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Host.Nitro;

/// <summary>An enclave that the Nitro hypervisor runs. Disposing ends it and gives its memory and processors back to the parent instance.</summary>
public sealed class NitroEnclave : RunningEnclave
{
    /// <summary>What <see cref="Exited"/> completes with where the enclave ended by itself: the hypervisor tells no status.</summary>
    public const int EndedByItself = 1;

    static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    readonly NitroSession _session;
    readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _stopping;
    int _disposed;

    internal NitroEnclave(NitroSession session, string instance, bool debug, ImmutableSortedDictionary<int, Digest> registers, EnclaveConnection connection)
    {
        _session = session;
        Connection = connection;
        ModuleId = string.Create(CultureInfo.InvariantCulture, $"{instance}-enc{session.Slot:x}");
        Cid = session.Cid;
        CpuIds = session.Cpus;
        MemoryBytes = session.MemoryBytes;
        IsDebug = debug;
        LaunchRegisters = debug ? registers.ToImmutableSortedDictionary(pair => pair.Key, _ => Digest.FromBytes(new byte[RegisterLog.RegisterLength])) : registers;
        new Thread(Watch, 256 * 1024) { IsBackground = true, Name = "nitro" }.Start();
    }

    /// <inheritdoc/>
    public override string Platform => AttestationPlatform.Nitro;

    /// <summary>As AWS writes it: the instance's identifier, "-enc" and the slot's number in hexadecimal.</summary>
    public override string ModuleId { get; }

    /// <summary>All zero for a debug enclave.</summary>
    public override ImmutableSortedDictionary<int, Digest> LaunchRegisters { get; }

    /// <inheritdoc/>
    public override EnclaveConnection Connection { get; }

    /// <summary>Completes with 0 where it was ended by disposing, otherwise with <see cref="EndedByItself"/>.</summary>
    public override Task<int> Exited => _exited.Task;

    /// <summary>vsock context identifier.</summary>
    public uint Cid { get; }

    /// <summary>Its processors.</summary>
    public ImmutableArray<int> CpuIds { get; }

    /// <summary>Bytes of its memory.</summary>
    public long MemoryBytes { get; }

    /// <summary>True where it has a console and zero registers.</summary>
    public bool IsDebug { get; }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // A descriptor that is polled must not be closed: its number could be somebody else's by then.
        _stopping = true;
        await _watched.Task.ConfigureAwait(false);
        _session.Dispose();
        _ = _exited.TrySetResult(0);
    }

    // The driver tells an end by poll(2) only, which blocks: a thread of its own, not one of the pool.
    void Watch()
    {
        while (!_stopping)
        {
            if (_session.HasEnded(s_tick))
            {
                _ = _exited.TrySetResult(EndedByItself);
                break;
            }
        }

        _watched.SetResult();
    }
}
