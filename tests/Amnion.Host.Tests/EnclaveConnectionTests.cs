using System.Text;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests;

public sealed class EnclaveConnectionTests
{
    [Fact]
    public async Task Boot_carries_the_request_and_returns_the_register_log()
    {
        byte[] seen = [];
        await using var enclave = new FakeEnclave(async (frames, type, payload, cancellation) =>
        {
            Assert.Equal(FrameType.Boot, type);
            seen = payload;
            await frames.WriteAsync(FrameType.Booted, Samples.Log.ToJson(), cancellation);
        });

        var log = await enclave.Connect().BootAsync(Samples.Boot, default);

        Assert.Equal(Samples.Boot.ToJson(), seen);
        Assert.Equal(Samples.Log.ToJson(), log.ToJson());
    }

    [Fact]
    public async Task Evidence_is_asked_for_serving_with_the_callers_nonce_and_returned_as_received()
    {
        byte[] seen = [];
        await using var enclave = new FakeEnclave(async (frames, type, payload, cancellation) =>
        {
            Assert.Equal(FrameType.EvidenceRequest, type);
            seen = payload;
            await frames.WriteAsync(FrameType.Evidence, "any bytes"u8.ToArray(), cancellation);
        });
        byte[] nonce = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

        var evidence = await enclave.Connect().GetEvidenceAsync(nonce, default);

        Assert.Equal([0, .. nonce], seen);
        Assert.Equal("any bytes"u8.ToArray(), evidence);
    }

    [Fact]
    public async Task A_key_release_is_one_connection_challenge_evidence_wrapped_key_done()
    {
        var order = new List<FrameType>();
        await using var enclave = new FakeEnclave(async (frames, type, _, cancellation) =>
        {
            order.Add(type);
            await frames.WriteAsync(FrameType.Evidence, Samples.Bundle([1], Purpose.Release).ToJson(), cancellation);
            order.Add((await frames.ReadAsync(cancellation))!.Value.Type);
            await frames.WriteAsync(FrameType.Done, default, cancellation);
        });

        await using var exchange = await enclave.Connect().BeginReleaseAsync(Samples.Challenge("model"), default);
        Assert.Equal(Purpose.Release, EvidenceBundle.Parse(exchange.Evidence.Span).Keyset.Purpose);
        await exchange.CompleteAsync(Samples.Wrapped("model"), default);

        Assert.Equal([FrameType.KeyChallenge, FrameType.WrappedKey], order);
    }

    [Fact]
    public async Task Weights_arrive_whole_in_pieces_of_a_quarter_mebibyte()
    {
        var received = new MemoryStream();
        var name = "";
        await using var enclave = new FakeEnclave(async (frames, type, payload, cancellation) =>
        {
            Assert.Equal(FrameType.WeightsFile, type);
            name = Encoding.UTF8.GetString(payload);
            for (var frame = (await frames.ReadAsync(cancellation))!.Value; frame.Type == FrameType.WeightsData; frame = (await frames.ReadAsync(cancellation))!.Value)
            {
                received.Write(frame.Payload.Span);
            }

            await frames.WriteAsync(FrameType.Done, default, cancellation);
        });
        var file = Enumerable.Range(0, (2 * FrameLimits.WeightsData) + 17).Select(i => (byte)(i * 31)).ToArray();
        var progress = new Collected<long>();

        await enclave.Connect().SendWeightsAsync("model/ä.gguf", new MemoryStream(file), progress, default);

        Assert.Equal("model/ä.gguf", name);
        Assert.Equal(file, received.ToArray());
        Assert.Equal([.. Enumerable.Range(1, 8).Select(i => i * FrameLimits.WeightsData / 4L), file.Length], progress.Values);
    }

    [Fact]
    public async Task A_refusal_in_the_middle_of_the_weights_surfaces_with_the_enclaves_code()
    {
        await using var enclave = new FakeEnclave(async (frames, _, _, cancellation) =>
        {
            _ = await frames.ReadAsync(cancellation);
            await frames.FailAsync("AMN-ENC-0034", cancellation);
        });

        var refused = await Assert.ThrowsAsync<FrameFailedException>(() => enclave.Connect().SendWeightsAsync("m", new MemoryStream(new byte[16 * FrameLimits.WeightsData]), null, default));

        Assert.Equal("AMN-ENC-0034", refused.Code);
    }

    [Fact]
    public async Task A_refused_step_surfaces_with_the_enclaves_code()
    {
        await using var enclave = new FakeEnclave((frames, _, _, cancellation) => frames.FailAsync("AMN-ENC-0041", cancellation).AsTask());

        Assert.Equal("AMN-ENC-0041", (await Assert.ThrowsAsync<FrameFailedException>(() => enclave.Connect().SendConfigurationAsync(new byte[10], default))).Code);
        Assert.Equal("AMN-ENC-0041", (await Assert.ThrowsAsync<FrameFailedException>(() => enclave.Connect().BeginReleaseAsync(Samples.Challenge("k"), default))).Code);
    }

    [Fact]
    public async Task A_wrong_frame_and_an_early_end_are_protocol_errors()
    {
        await using var wrong = new FakeEnclave((frames, _, _, cancellation) => frames.WriteAsync(FrameType.Done, default, cancellation).AsTask());
        await using var early = new FakeEnclave((_, _, _, _) => Task.CompletedTask);
        await using var malformed = new FakeEnclave((frames, _, _, cancellation) => frames.WriteAsync(FrameType.Booted, "{}"u8.ToArray(), cancellation).AsTask());

        foreach (var enclave in new[] { wrong, early, malformed })
        {
            Assert.Equal(HostCodes.EnclaveProtocol, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => enclave.Connect().BootAsync(Samples.Boot, default))).Code);
        }
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        using var directory = new TemporaryDirectory();
        var connection = EnclaveConnection.ToUnixSocket(directory.Combine("none.sock"), TimeProvider.System);

        Assert.Equal(HostCodes.EnclaveUnreachable, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => connection.GetTelemetryAsync(default))).Code);
    }

    [Fact]
    public async Task Silence_ends_at_the_time_limit()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        await using var enclave = new FakeEnclave((_, _, _, cancellation) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        });

        var telemetry = enclave.Connect(time).GetTelemetryAsync(default);
        await asked.Task;
        time.Advance(EnclaveConnection.AnswerLimit);

        Assert.Equal(HostCodes.EnclaveTimeout, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => telemetry)).Code);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        await using var enclave = new FakeEnclave((_, _, _, stop) =>
        {
            cancellation.Cancel();
            return Task.Delay(Timeout.Infinite, stop);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => enclave.Connect().GetTelemetryAsync(cancellation.Token));
    }

    [Fact]
    public async Task A_failing_disk_is_not_mistaken_for_a_failing_enclave()
    {
        await using var enclave = new FakeEnclave((_, _, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));

        var failed = await Assert.ThrowsAsync<WeightsException>(() => enclave.Connect().SendWeightsAsync("m", new BrokenStream(), null, default));

        Assert.Equal(HostCodes.WeightsUnreadable, failed.Code);
    }

    sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("medium error");
    }
}
