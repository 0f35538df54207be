using System.Text;
using Amnion.Inference.Confinement;
using Amnion.Inference.Pool;
using Amnion.Inference.Worker;

namespace Amnion.Inference.Tests;

public sealed class ConfinementTests
{
    const int EPERM = 1;
    const int EBADF = 9;
    const int EACCES = 13;

    [Fact]
    public async Task A_running_worker_has_every_layer_this_kernel_offers()
    {
        await using var pool = await TestEngine.StartAsync();

        Assert.True(pool.Confinement.IsComplete);
        foreach (var offered in ConfinementReport.Detect().Layers)
        {
            var applied = Assert.Single(pool.Confinement.Layers, l => l.Name == offered.Name);
            Assert.Equal(offered, applied);
        }
    }

    [Fact]
    public async Task Everything_a_broken_worker_would_try_is_refused()
    {
        using var worker = await WorkerClient.StartAsync(
            TestEngine.Options with { DangerousAllowProbe = true }, TestEngine.Random, prepare: false, TimeProvider.System, TestContext.Current.CancellationToken);

        var results = await worker.ProbeAsync();

        Assert.Equal(Enum.GetValues<ProbeAttempt>().Order(), results.Keys.Order());
        Assert.All(results, attempt => Assert.Equal((attempt.Key, attempt.Key switch
        {
            // The worker's descriptor was opened for reading: these fail before any filter.
            ProbeAttempt.WriteWeights => EBADF,
            ProbeAttempt.MapWeightsWritable or ProbeAttempt.ProtectWeightsWritable => EACCES,
            _ => EPERM,
        }), (attempt.Key, attempt.Value)));
    }

    [Fact]
    public async Task A_worker_that_was_not_allowed_to_probe_does_not()
    {
        using var worker = await WorkerClient.StartAsync(TestEngine.Options, TestEngine.Random, prepare: false, TimeProvider.System, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InferenceException>(worker.ProbeAsync);
        await worker.Exited;
    }

    [Fact]
    public void Rights_are_gone_before_the_worker_program_runs()
    {
        var rights = RunHost("rights");

        Assert.Equal("refused", rights["read /etc/passwd"]);
        Assert.Equal("refused", rights["write beside the program"]);
        Assert.Equal("refused", rights["write /tmp"]);
        Assert.Equal("allowed", rights["read beside the program"]);
        Assert.Equal("1", rights["NoNewPrivs"]);
        Assert.Equal("0000000000000000", rights["CapEff"]);
        Assert.Equal("0000000000000000", rights["CapPrm"]);
        Assert.Equal("0,1,2,3,4", rights["descriptors"]);
        Assert.DoesNotContain("PATH", rights["environment"], StringComparison.Ordinal);
        Assert.Contains("GGML_NO_BACKTRACE", rights["environment"], StringComparison.Ordinal);
        if (Landlock.DetectVersion(out _) >= Landlock.NetworkVersion)
        {
            Assert.Equal("refused", rights["connect"]);
        }

        if (Landlock.DetectVersion(out _) >= Landlock.ScopesVersion)
        {
            Assert.Equal("refused", rights["signal the parent"]);
        }
    }

    [Fact]
    public void The_parent_keeps_its_rights()
    {
        _ = RunHost("rights");

        Assert.NotEmpty(File.ReadAllBytes("/etc/passwd"));
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            Assert.Contains("NoNewPrivs:\t0", File.ReadAllText(Path.Combine(thread, "status")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_worker_without_its_filter_is_not_given_a_request()
    {
        var refused = await Assert.ThrowsAsync<InferenceException>(() =>
            TestEngine.StartAsync(TestEngine.Options with { Arguments = ["hostile", "unknown-id"] }));

        Assert.Equal(InferenceCodes.ConfinementMissing, refused.Code);
        Assert.Contains("limit", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_fails_the_start()
    {
        var refused = await Assert.ThrowsAsync<InferenceException>(() =>
            TestEngine.StartAsync(TestEngine.Options with { Program = TestEngine.HostProgram + ".absent" }));

        Assert.Equal(InferenceCodes.WorkerStartFailed, refused.Code);
    }

    [Fact]
    public async Task A_program_that_ends_at_once_fails_the_start()
    {
        var refused = await Assert.ThrowsAsync<InferenceException>(() =>
            TestEngine.StartAsync(TestEngine.Options with { Arguments = ["nonsense"] }));

        Assert.Equal(InferenceCodes.WorkerStartFailed, refused.Code);
    }

    [Fact]
    public async Task An_engine_directory_without_libraries_fails_the_start()
    {
        var refused = await Assert.ThrowsAsync<InferenceException>(() =>
            TestEngine.StartAsync(TestEngine.Options with { EngineDirectory = AppContext.BaseDirectory }));

        Assert.Equal(InferenceCodes.EngineLibrariesMissing, refused.Code);
    }

    [Fact]
    public async Task A_model_that_is_none_fails_the_start()
    {
        using var junk = TestEngine.Seal(Encoding.ASCII.GetBytes("GGUF but not really, and then some more bytes to read"));

        var refused = await Assert.ThrowsAsync<InferenceException>(() => TestEngine.StartAsync(weights: junk));

        Assert.Equal(InferenceCodes.ModelRejected, refused.Code);
    }

    [Fact]
    public async Task Every_problem_with_the_options_is_reported_at_once()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            TestEngine.StartAsync(TestEngine.Options with { Program = "relative", ContextTokens = 0, Threads = 0 }));

        Assert.Contains("Program", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ContextTokens", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Threads", refused.Message, StringComparison.Ordinal);
    }

    static Dictionary<string, string> RunHost(string verb)
    {
        var launched = WorkerLauncher.Launch(TestEngine.Options with { Arguments = [verb] }, TestEngine.Random);
        using var channel = launched.Channel;
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        while ((read = channel.Read(buffer, wait: true)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        _ = launched.Process.Reap();
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1]);
    }
}
