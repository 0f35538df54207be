using Amnion.Cli.Enclaves;
using Amnion.Cli.State;

namespace Amnion.Cli.Tests.Enclaves;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class EnclaveHolderTests : IDisposable
{
    readonly string _folder = Path.Combine(Path.GetTempPath(), "amnion-holder-" + Guid.NewGuid());
    readonly AmnionHome _home;
    readonly EnclaveRecords _records;
    readonly TaskCompletionSource<int> _exited = new();
    readonly TaskCompletionSource<EnclaveRecord> _ready = new();
    readonly EnclaveOrder _order;
    readonly EnclaveImageFacts _facts;
    bool _ended;

    public EnclaveHolderTests()
    {
        _home = new AmnionHome(_folder);
        _records = new EnclaveRecords(_home);
        _facts = SampleImage.Facts(_folder);
        _order = new EnclaveOrder("model", "nitro", _facts.Path, 512L << 20, 2, [], 0, false);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    StartedEnclave Enclave() => new("i-1-enc1", 16, [2, 3], 1L << 30, "", _exited.Task, () =>
    {
        _ended = true;
        return ValueTask.CompletedTask;
    });

    Task<bool> HoldAsync(Func<CancellationToken, Task<StartedEnclave>> start, CancellationToken cancellation = default) => EnclaveHolder.HoldAsync(_home, _order, _facts, start, _ready.SetResult, cancellation);

    [Fact]
    public async Task While_it_comes_up_it_is_listed_as_starting_and_then_with_what_it_got()
    {
        var go = new TaskCompletionSource<StartedEnclave>();
        using var stop = new CancellationTokenSource();
        var held = HoldAsync(_ => go.Task, stop.Token);
        var starting = Assert.Single(_records.All());
        Assert.Equal(("model", true, 0u, 512L, ProcessMark.Own), (starting.Name, starting.IsStarting, starting.Cid, starting.MemoryMebibytes, starting.Process));
        go.SetResult(Enclave());
        var running = await _ready.Task;
        Assert.Equal(running.ToJson(), Assert.Single(_records.All()).ToJson());
        Assert.Equal(("i-1-enc1", 16u, 1024L, false), (running.Id, running.Cid, running.MemoryMebibytes, running.IsStarting));
        Assert.Equal([2, 3], running.CpuIds);
        Assert.Equal(_facts.Registers, running.Registers);

        await stop.CancelAsync();
        Assert.False(await held);
        Assert.True(_ended);
        Assert.Empty(Directory.GetFiles(_home.Enclaves));
    }

    [Fact]
    public async Task An_enclave_that_ends_by_itself_is_forgotten()
    {
        var held = HoldAsync(_ => Task.FromResult(Enclave()));
        _ = await _ready.Task;
        _exited.SetResult(1);
        Assert.True(await held);
        Assert.True(_ended);
        Assert.Empty(Directory.GetFiles(_home.Enclaves));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_record()
    {
        await Assert.ThrowsAsync<IOException>(() => HoldAsync(_ => throw new IOException("no")));
        Assert.Empty(Directory.GetFiles(_home.Enclaves));
        Assert.False(_ready.Task.IsCompleted);
    }

    [Fact]
    public async Task Two_processes_cannot_hold_one_name()
    {
        using var other = _records.TryClaim("model");
        var refused = await Assert.ThrowsAsync<CliException>(() => HoldAsync(_ => Task.FromResult(Enclave())));
        Assert.Equal(CliCodes.EnclaveNameTaken, refused.Code);
        Assert.False(_ended);
    }
}
