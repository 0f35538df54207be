using System.Text.Json;
using Amnion.Enclave.Telemetry;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;

namespace Amnion.Enclave.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Holds_numbers_and_nothing_with_text()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var caller = await SealedCaller.CreateAsync(enclave);
        var reply = await caller.PostAsync("/v1/chat/completions", """{"model":"clinic","messages":[{"role":"user","content":"Secret"}]}""");
        _ = await caller.PostAsync("/v1/chat/completions", "{}", "sk-wrong");
        enclave.Time.Advance(TimeSpan.FromSeconds(10));
        using var document = JsonDocument.Parse(await enclave.AskAsync(FrameType.TelemetryRequest, [], FrameType.Telemetry));
        var root = document.RootElement;
        Assert.Equal(["counters", "events", "format", "state"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal("amnion/telemetry/1", root.GetProperty("format").GetString());
        Assert.Equal((int)EnclaveState.Ready, root.GetProperty("state").GetInt32());
        Assert.All(root.GetProperty("counters").EnumerateObject(), counter => Assert.Equal(JsonValueKind.Number, counter.Value.ValueKind));
        var events = root.GetProperty("events").EnumerateArray().ToArray();
        Assert.All(events, entry => Assert.All(entry.EnumerateObject(), member => Assert.True(member.Value.ValueKind == JsonValueKind.Number || member.Name == "correlation")));
        Assert.Equal(
            [(TelemetryOutcome.Ok, reply.Receipt.Receipt.Id)],
            events.Where(entry => entry.GetProperty("kind").GetInt32() == (int)TelemetryKind.Exchange).Select(entry => ((TelemetryOutcome)entry.GetProperty("outcome").GetInt32(), entry.GetProperty("correlation").GetString())).Take(1));
        Assert.Contains(events, entry => entry.GetProperty("kind").GetInt32() == (int)TelemetryKind.Release);
        Assert.Equal(2, root.GetProperty("counters").GetProperty("answers").GetInt64());
        Assert.Equal(1, root.GetProperty("counters").GetProperty("caller_errors").GetInt64());
        Assert.Equal(0, root.GetProperty("counters").GetProperty("tokens").GetInt64());
    }

    [Fact]
    public void Shows_counters_by_interval_and_tokens_by_block()
    {
        var time = new ManualTime();
        var log = new TelemetryLog(time);
        log.Count(TelemetryCounter.Tokens, 1500);
        Assert.Equal(1024, Tokens(log));
        log.Count(TelemetryCounter.Tokens, 5000);
        Assert.Equal(1024, Tokens(log));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(6144, Tokens(log));
    }

    [Fact]
    public void Keeps_a_bounded_number_of_events_within_the_frame()
    {
        var time = new ManualTime();
        var log = new TelemetryLog(time);
        for (var i = 0; i < 2 * TelemetryLog.MaxEvents; i++)
        {
            log.Add(TelemetryKind.Exchange, TelemetryOutcome.Cancelled, new string('f', 32), long.MaxValue >> 11);
        }

        var json = log.Drain(EnclaveState.Ready, 0);
        Assert.InRange(json.Length, 1, FrameLimits.Of(FrameType.Telemetry));
        using var document = JsonDocument.Parse(json);
        Assert.Equal(TelemetryLog.MaxEvents, document.RootElement.GetProperty("events").GetArrayLength());
        Assert.Equal(TelemetryLog.MaxEvents, document.RootElement.GetProperty("counters").GetProperty("events_dropped").GetInt64());
        using var next = JsonDocument.Parse(log.Drain(EnclaveState.Ready, 0));
        Assert.Equal(0, next.RootElement.GetProperty("events").GetArrayLength());
    }

    static long Tokens(TelemetryLog log)
    {
        using var document = JsonDocument.Parse(log.Drain(EnclaveState.Ready, 0));
        return document.RootElement.GetProperty("counters").GetProperty("tokens").GetInt64();
    }
}
