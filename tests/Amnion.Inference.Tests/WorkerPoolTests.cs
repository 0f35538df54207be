using System.Diagnostics;
using Amnion.Inference.Linux;

namespace Amnion.Inference.Tests;

public sealed class WorkerPoolTests
{
    [Fact]
    public async Task A_killed_worker_fails_its_requests_and_the_next_request_has_a_new_one()
    {
        await using var pool = await TestEngine.StartAsync();
        var engine = pool.ForTenant("a");
        var victim = pool.WorkerProcessIds[0];
        var killed = 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Answer.CollectAsync(engine, TestEngine.Request($"long {i}", 900), next =>
        {
            if (Interlocked.Exchange(ref killed, 1) == 0)
            {
                _ = Libc.Kill(victim, Libc.SIGKILL);
            }
        })));

        Assert.All(answers, a => Assert.Equal(InferenceCodes.WorkerDied, a.FailureCode));
        var next = await Answer.CollectAsync(engine, TestEngine.Request("again", 5));
        Assert.Equal(5, next.Completed.CompletionTokens);
        Assert.NotEqual(victim, pool.WorkerProcessIds[0]);
        Assert.Equal(1, pool.Snapshot.Deaths);
        Assert.Equal(0, pool.Snapshot.HandOvers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_tenant_gets_another_process_and_the_first_is_gone(bool keepSpare)
    {
        await using var pool = await TestEngine.StartAsync(pool: new WorkerPoolOptions { Worker = TestEngine.Options, KeepSpare = keepSpare });

        var first = await Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request("same", 5));
        var firstProcess = pool.WorkerProcessIds[0];
        var again = await Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request("same", 5));
        Assert.Equal(firstProcess, pool.WorkerProcessIds[0]);
        var second = await Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("same", 5));

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Text, again.Text);
        Assert.NotEqual(firstProcess, pool.WorkerProcessIds[0]);
        Assert.False(Directory.Exists($"/proc/{firstProcess}"));
        Assert.Equal(1, pool.Snapshot.HandOvers);
        Assert.Equal(0, pool.Snapshot.Deaths);
    }

    [Fact]
    public async Task A_waiting_tenant_is_served_before_the_running_one_starts_more()
    {
        await using var pool = await TestEngine.StartAsync(pool: new WorkerPoolOptions { Worker = TestEngine.Options, KeepSpare = false, Quantum = TimeSpan.Zero });
        var order = new List<string>();
        var started = new TaskCompletionSource();

        var running = Track("a running", pool.ForTenant("a"), 200, _ => started.TrySetResult());
        await started.Task;
        var other = Track("b", pool.ForTenant("b"), 5);
        var later = Enumerable.Range(0, 4).Select(i => Track("a later", pool.ForTenant("a"), 5)).ToList();
        await Task.WhenAll([running, other, .. later]);

        Assert.Equal(["a running", "b", "a later", "a later", "a later", "a later"], order);
        Assert.Equal(2, pool.Snapshot.HandOvers);

        async Task Track(string name, LlamaWorkerEngine engine, int tokens, Action<GenerationEvent>? observe = null)
        {
            var answer = await Answer.CollectAsync(engine, TestEngine.Request(name, tokens), observe);
            Assert.Equal(tokens, answer.Completed.CompletionTokens);
            lock (order)
            {
                order.Add(name);
            }
        }
    }

    [Fact]
    public async Task Within_its_quantum_a_tenant_keeps_starting_requests()
    {
        await using var pool = await TestEngine.StartAsync(pool: new WorkerPoolOptions { Worker = TestEngine.Options, KeepSpare = false, Quantum = TimeSpan.FromHours(1) });
        var a = pool.ForTenant("a");
        var started = new TaskCompletionSource();
        var running = Answer.CollectAsync(a, TestEngine.Request("long", 600), _ => started.TrySetResult());
        await started.Task;
        var other = Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("b", 5));

        var later = await Answer.CollectAsync(a, TestEngine.Request("later", 5));

        Assert.Equal(5, later.Completed.CompletionTokens);
        Assert.False(other.IsCompleted);
        _ = await running;
        Assert.Equal(5, (await other).Completed.CompletionTokens);
    }

    [Fact]
    public async Task Two_active_tenants_have_two_processes()
    {
        await using var pool = await TestEngine.StartAsync(pool: new WorkerPoolOptions { Worker = TestEngine.Options, KeepSpare = false, MaxActiveTenants = 2 });

        await Task.WhenAll(Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request("a", 50)), Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("b", 50)));

        Assert.Equal(2, pool.WorkerProcessIds.Distinct().Count());
        Assert.Equal(2, pool.Snapshot.Workers);
        Assert.Equal(0, pool.Snapshot.HandOvers);
    }

    [Fact]
    public async Task A_full_queue_says_so()
    {
        await using var pool = await TestEngine.StartAsync(pool: new WorkerPoolOptions { Worker = TestEngine.Options, KeepSpare = false, MaxRequestsPerTenant = 2 });
        var engine = pool.ForTenant("a");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Answer.CollectAsync(engine, TestEngine.Request("x", 100))));

        Assert.Equal(3, answers.Count(a => a.Last is GenerationEvent.Failed { Code: InferenceCodes.Busy }));
        Assert.Equal(2, answers.Count(a => a.Last is GenerationEvent.Completed));
    }

    [Fact]
    public async Task Waiting_for_a_turn_can_be_cancelled()
    {
        await using var pool = await TestEngine.StartAsync();
        var started = new TaskCompletionSource();
        var running = Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request("long", 300), _ => started.TrySetResult());
        await started.Task;
        using var source = new CancellationTokenSource();
        var waiting = Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("b", 5), null, source.Token);
        Assert.Equal(1, pool.Snapshot.WaitingTenants);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, pool.Snapshot.WaitingTenants);
        Assert.Equal(300, (await running).Completed.CompletionTokens);
        Assert.Equal(0, pool.Snapshot.HandOvers);
    }

    [Fact]
    public async Task Disposing_ends_requests_and_processes()
    {
        var pool = await TestEngine.StartAsync();
        var engine = pool.ForTenant("a");
        var started = new TaskCompletionSource();
        var running = Answer.CollectAsync(engine, TestEngine.Request("long", 900), _ => started.TrySetResult());
        var waiting = Answer.CollectAsync(pool.ForTenant("b"), TestEngine.Request("b", 5));
        await started.Task;
        var processes = pool.WorkerProcessIds;

        await pool.DisposeAsync();

        Assert.Equal(InferenceCodes.EngineClosed, (await running).FailureCode);
        Assert.Equal(InferenceCodes.EngineClosed, (await waiting).FailureCode);
        Assert.Equal(InferenceCodes.EngineClosed, (await Answer.CollectAsync(engine, TestEngine.Request("x"))).FailureCode);
        Assert.All(processes, p => Assert.False(Directory.Exists($"/proc/{p}")));
    }

    [Fact]
    public async Task A_worker_ends_when_its_parent_is_gone()
    {
        // The parent's end of the socket closes with it; here that end is closed alone.
        var launched = Amnion.Inference.Pool.WorkerLauncher.Launch(TestEngine.Options, TestEngine.Random);
        launched.Channel.Dispose();

        await Eventually.HoldsAsync(() => File.ReadAllText($"/proc/{launched.Process.Id}/status").Contains("State:\tZ", StringComparison.Ordinal));

        Assert.Equal(0, launched.Process.Reap());
    }

    [Fact]
    public async Task Workers_share_one_copy_of_the_weights()
    {
        var weights = TestEngine.Weights(new Amnion.Models.Gguf.RandomModelShape { Embedding = 512, FeedForward = 2048, Layers = 8, Heads = 8, KeyValueHeads = 8 });
        await using var pool = await TestEngine.StartAsync(weights: weights);
        _ = await Answer.CollectAsync(pool.ForTenant("a"), TestEngine.Request("x", 2));

        var status = File.ReadAllLines($"/proc/{pool.WorkerProcessIds[0]}/status");
        long Kilobytes(string name) => long.Parse(status.Single(l => l.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim());

        // Shared pages hold the model, and private ones do not hold it again.
        Assert.True(weights.Length > 60L << 20);
        Assert.True(Kilobytes("RssShmem") * 1024 >= weights.Length * 9 / 10);
        Assert.True(Process.GetProcessById(pool.WorkerProcessIds[0]).WorkingSet64 < weights.Length + (200L << 20));
    }
}
