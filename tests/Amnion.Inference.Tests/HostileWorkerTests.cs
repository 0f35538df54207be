namespace Amnion.Inference.Tests;

/// <summary>Workers that were taken over: whatever they send, the request ends with a code and the process dies.</summary>
public sealed class HostileWorkerTests
{
    [Theory]
    [InlineData("invalid-utf8", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("unknown-id", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("too-much-text", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("too-much-text-at-once", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("too-many-tokens", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("too-many-tokens-at-once", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("negative-tokens", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("impossible-usage", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("unasked-cancel", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("unknown-type", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("huge-length", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("embedding-for-generation", InferenceCodes.WorkerViolatedProtocol)]
    [InlineData("closes-socket", InferenceCodes.WorkerDied)]
    [InlineData("silent", InferenceCodes.WorkerStalled)]
    public async Task A_request_to_a_hostile_worker_ends_with_its_code(string behaviour, string code)
    {
        var options = TestEngine.Options with { Arguments = ["hostile", behaviour], AllowMissingLayers = true, StallTimeout = TimeSpan.FromMilliseconds(300) };
        await using var pool = await TestEngine.StartAsync(options);
        var process = pool.WorkerProcessIds[0];

        var answer = await Answer.CollectAsync(pool.ForTenant("t"), TestEngine.Request("x", 10));

        Assert.Equal(code, answer.FailureCode);
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task What_a_worker_says_about_itself_is_printable()
    {
        var options = TestEngine.Options with { Arguments = ["hostile", "text-in-version"], AllowMissingLayers = true };

        Assert.Equal(InferenceCodes.WorkerViolatedProtocol, (await Assert.ThrowsAsync<InferenceException>(() => TestEngine.StartAsync(options))).Code);
    }

    [Fact]
    public async Task A_worker_that_never_loads_is_given_up()
    {
        var options = TestEngine.Options with { Arguments = ["hostile", "silent-start"], AllowMissingLayers = true, StartTimeout = TimeSpan.FromMilliseconds(500) };

        Assert.Equal(InferenceCodes.WorkerStartFailed, (await Assert.ThrowsAsync<InferenceException>(() => TestEngine.StartAsync(options))).Code);
    }
}
