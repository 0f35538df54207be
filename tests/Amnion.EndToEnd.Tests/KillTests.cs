namespace Amnion.EndToEnd.Tests;

/// <summary>kill -9 of each part in the middle of an answer: the caller learns it within seconds, and what is restarted serves again.</summary>
[Collection(ServedGroup.Name)]
public sealed class KillTests
{
    const int Limit = 120_000;
    const string Truncated = "AMN-CLIENT-0006";
    static readonly TimeSpan Clear = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Again = TimeSpan.FromSeconds(60);

    readonly ServedStack _stack;

    public KillTests(ServedStack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_worker_fails_the_answer_and_is_replaced()
    {
        using var answer = await _stack.MiddleOfAnAnswerAsync();
        ProcessTree.Signal(ProcessTree.Workers(_stack.Host.Id), ProcessTree.Kill);
        Assert.True(await answer.EndAsync(Clear));
        Assert.Contains("\"engine_failed\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Text, StringComparison.Ordinal);
        await _stack.ServesAsync(Again);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_enclave_cuts_the_answer_and_is_started_anew()
    {
        using var answer = await _stack.MiddleOfAnAnswerAsync();
        ProcessTree.Signal([ProcessTree.Enclave(_stack.Host.Id)], ProcessTree.Kill);
        await CutAsync(answer);
        await _stack.ServesAsync(Again);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_relay_takes_its_enclave_along_and_serves_after_a_restart()
    {
        using var answer = await _stack.MiddleOfAnAnswerAsync();
        var below = ProcessTree.Below(_stack.Host.Id);
        await _stack.Host.KillAsync();
        await CutAsync(answer);
        await Eventually.TrueAsync("the enclave went with its host", Clear, () => !below.Exists(id => Directory.Exists($"/proc/{id}")));
        await _stack.StartHostAsync();
        await _stack.ServesAsync(Again);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_proxy_breaks_the_connection_and_serves_after_a_restart()
    {
        using var answer = await _stack.MiddleOfAnAnswerAsync();
        await _stack.Proxy.KillAsync();
        Assert.False(await answer.EndAsync(Clear));
        ProcessTree.Signal(ProcessTree.Workers(_stack.Host.Id), ProcessTree.Continue);
        await _stack.StartProxyAsync();
        await _stack.ServesAsync(Again);
    }

    [Fact(Timeout = Limit)]
    public async Task A_killed_broker_disturbs_no_answer_and_releases_keys_after_a_restart()
    {
        using var answer = await _stack.MiddleOfAnAnswerAsync();
        await _stack.Broker.KillAsync();
        ProcessTree.Signal(ProcessTree.Workers(_stack.Host.Id), ProcessTree.Continue);

        // It is needed for keys only: the answer ends whole.
        Assert.True(await answer.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.EndsWith("data: [DONE]", answer.Text.TrimEnd(), StringComparison.Ordinal);
        await _stack.StartBrokerAsync();
        ProcessTree.Signal([ProcessTree.Enclave(_stack.Host.Id)], ProcessTree.Kill);
        await _stack.ServesAsync(Again);
    }

    // The answer had begun: one last event says why, then the connection breaks, so that nobody takes it for whole.
    static async Task CutAsync(StreamedAnswer answer)
    {
        Assert.False(await answer.EndAsync(Clear));
        Assert.Contains($"\"{Truncated}\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Text, StringComparison.Ordinal);
    }
}
