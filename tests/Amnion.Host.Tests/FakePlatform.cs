using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Host.Tests;

/// <summary>Starts fake enclaves; each start takes the next from the test.</summary>
sealed class FakePlatform(Func<int, FakeEnclave> start, TimeProvider time) : IEnclavePlatform
{
    readonly List<FakeRunning> _started = [];

    public string Name => "local";

    public IReadOnlyList<FakeRunning> Started
    {
        get
        {
            lock (_started)
            {
                return [.. _started];
            }
        }
    }

    public Task<RunningEnclave> StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        lock (_started)
        {
            var running = new FakeRunning(start(_started.Count), time, _started.Count);
            _started.Add(running);
            return Task.FromResult<RunningEnclave>(running);
        }
    }
}

sealed class FakeRunning(FakeEnclave enclave, TimeProvider time, int number) : RunningEnclave
{
    readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Platform => "local";

    public override string ModuleId => $"fake-{number}";

    public override ImmutableSortedDictionary<int, Digest> LaunchRegisters => ImmutableSortedDictionary<int, Digest>.Empty;

    public override EnclaveConnection Connection { get; } = enclave.Connect(time);

    public override Task<int> Exited => _exited.Task;

    public bool IsDisposed { get; private set; }

    public void Die(int status) => _exited.TrySetResult(status);

    public override async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _exited.TrySetResult(137);
        await enclave.DisposeAsync();
    }
}
