using System.Net;
using Amnion.Records.Frames;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.Host.Tests;

public sealed class EnclaveSupervisorTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly ManualTime _time = new();
    readonly List<FrameType> _frames = [];
    SupervisorOptions _options = new();
    Func<FrameType, string?> _refuse = _ => null;
    Func<HttpRequestMessage, HttpResponseMessage> _broker = request => new HttpResponseMessage(HttpStatusCode.OK)
    {
        Content = new ByteArrayContent(request.RequestUri!.AbsolutePath.EndsWith("challenge", StringComparison.Ordinal) ? Samples.Challenge("model") : Samples.Wrapped("model")),
    };

    int _configurations;
    bool _silent;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_enclave_is_brought_up_in_order_and_reported_step_by_step()
    {
        var (supervisor, platform) = Create();
        await using var stop = supervisor;
        var progress = new Collected<LaunchProgress>();

        await supervisor.StartAsync(progress, default);

        Assert.Equal([FrameType.Boot, FrameType.KeyChallenge, FrameType.WrappedKey, FrameType.WeightsFile, FrameType.WeightsData, FrameType.WeightsEnd, FrameType.Configuration], _frames);
        Assert.Equal(EnclaveState.Ready, supervisor.View.State);
        Assert.Equal(1, supervisor.View.Starts);
        Assert.Equal(Samples.Log.ToJson(), supervisor.RegisterLog!.ToJson());
        Assert.Same(platform.Started[0], supervisor.Enclave);
        Assert.Equal(
            [
                new(LaunchStep.Boot, LaunchStepState.Running), new(LaunchStep.Boot, LaunchStepState.Done),
                new(LaunchStep.Release, LaunchStepState.Running, "model"), new(LaunchStep.Release, LaunchStepState.Done, "model"),
                new(LaunchStep.Weights, LaunchStepState.Running, "m.gguf"), new(LaunchStep.Weights, LaunchStepState.Running, "m.gguf", 5, 5), new(LaunchStep.Weights, LaunchStepState.Done, "m.gguf"),
                new(LaunchStep.Configure, LaunchStepState.Running), new(LaunchStep.Configure, LaunchStepState.Done),
                new LaunchProgress(LaunchStep.Ready, LaunchStepState.Done),
            ],
            progress.Values);
    }

    [Fact]
    public async Task A_refused_release_surfaces_with_code_and_checks_and_the_enclave_is_ended()
    {
        _broker = request => request.RequestUri!.AbsolutePath.EndsWith("challenge", StringComparison.Ordinal)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Samples.Challenge("model")) }
            : new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("""{"code":"AMN-KEY-0203","title":"refused","checks":[{"code":"AMN-NITRO-0030","name":"register 0"}]}""") };
        var (supervisor, platform) = Create();
        await using var stop = supervisor;
        var progress = new Collected<LaunchProgress>();

        var refused = await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => supervisor.StartAsync(progress, default));

        Assert.Equal("AMN-KEY-0203", refused.Code);
        Assert.Equal("AMN-NITRO-0030", Assert.Single(refused.Checks).Code);
        Assert.Equal(EnclaveState.Failed, supervisor.View.State);
        Assert.Null(supervisor.View.Connection);
        Assert.True(platform.Started[0].IsDisposed);
        Assert.Equal(new LaunchProgress(LaunchStep.Release, LaunchStepState.Failed, "model"), progress.Values[^1]);
    }

    [Theory]
    [InlineData(FrameType.Boot, "AMN-ENC-0006")]
    [InlineData(FrameType.WrappedKey, "AMN-ENC-0026")]
    [InlineData(FrameType.WeightsEnd, "AMN-ENC-0034")]
    [InlineData(FrameType.Configuration, "AMN-ENC-0041")]
    public async Task A_step_the_enclave_refuses_surfaces_with_its_code(FrameType step, string code)
    {
        _refuse = type => type == step ? code : null;
        var (supervisor, platform) = Create();
        await using var stop = supervisor;

        Assert.Equal(code, (await Assert.ThrowsAsync<FrameFailedException>(() => supervisor.StartAsync(null, default))).Code);
        Assert.True(platform.Started[0].IsDisposed);
    }

    [Fact]
    public async Task An_absent_file_of_weights_is_a_typed_failure()
    {
        var (supervisor, _) = Create(weights: _directory.Combine("absent"));
        await using var stop = supervisor;

        Assert.Equal(HostCodes.WeightsUnreadable, (await Assert.ThrowsAsync<WeightsException>(() => supervisor.StartAsync(null, default))).Code);
    }

    [Fact]
    public async Task An_enclave_that_dies_is_replaced_by_a_new_one_that_does_everything_anew()
    {
        var (supervisor, platform) = Create();
        await using var stop = supervisor;
        await supervisor.StartAsync(null, default);
        var once = _frames.Count;

        platform.Started[0].Die(139);
        await UntilAsync(() => supervisor.View is { State: EnclaveState.Ready, Starts: 2 });

        Assert.Equal(2, platform.Started.Count);
        Assert.True(platform.Started[0].IsDisposed);
        Assert.Equal(_frames.Take(once), _frames.Skip(once));
        Assert.Same(platform.Started[1], supervisor.Enclave);
        Assert.False(supervisor.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_refusal_at_a_restart_is_final()
    {
        var (supervisor, platform) = Create();
        await using var stop = supervisor;
        await supervisor.StartAsync(null, default);
        _broker = _ => new HttpResponseMessage(HttpStatusCode.Gone) { Content = new StringContent("""{"code":"AMN-KEY-0102","title":"revoked"}""") };

        platform.Started[0].Die(1);
        await UntilAsync(() => supervisor.Completion.IsCompleted);

        Assert.Equal("AMN-KEY-0102", (await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => supervisor.Completion)).Code);
        Assert.Equal(EnclaveState.Failed, supervisor.View.State);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_asked_again_until_restarts_are_exhausted()
    {
        var (supervisor, platform) = Create();
        await using var stop = supervisor;
        await supervisor.StartAsync(null, default);
        _broker = _ => throw new HttpRequestException("away");

        platform.Started[0].Die(1);
        await UntilAsync(() => supervisor.Completion.IsCompleted);

        Assert.Equal(HostCodes.RestartsExhausted, (await Assert.ThrowsAsync<EnclaveUnavailableException>(() => supervisor.Completion)).Code);
        Assert.Equal(1 + _options.MostRestarts, platform.Started.Count);
        Assert.All(platform.Started, enclave => Assert.True(enclave.IsDisposed));
        Assert.Equal(EnclaveState.Failed, supervisor.View.State);
    }

    [Fact]
    public async Task A_hung_enclave_is_ended_and_replaced()
    {
        // The clock runs far faster than the machine here, so that a healthy enclave may look hung too.
        _options = new SupervisorOptions { MostRestarts = int.MaxValue };
        var (supervisor, platform) = Create(limits: true);
        await using var stop = supervisor;
        await supervisor.StartAsync(null, default);

        _silent = true;
        await UntilAsync(() => platform.Started[0].IsDisposed);
        _silent = false;
        await UntilAsync(() => supervisor.View is { State: EnclaveState.Ready, Starts: >= 2 });
    }

    [Fact]
    public async Task Telemetry_is_collected_and_the_configuration_renewed_at_intervals()
    {
        var (supervisor, _) = Create();
        await using var stop = supervisor;
        await supervisor.StartAsync(null, default);
        Assert.Equal(1, _configurations);

        await UntilAsync(() => supervisor.Telemetry is { State: 4 });
        await UntilAsync(() => Volatile.Read(ref _configurations) >= 2);
        Assert.Equal(EnclaveState.Ready, supervisor.View.State);
        Assert.Equal(1, supervisor.View.Starts);
    }

    [Fact]
    public async Task Disposing_ends_the_enclave_and_the_watch()
    {
        var (supervisor, platform) = Create();
        await supervisor.StartAsync(null, default);

        await supervisor.DisposeAsync();
        await supervisor.DisposeAsync();

        Assert.True(platform.Started[0].IsDisposed);
        Assert.Equal(EnclaveState.Stopped, supervisor.View.State);
        await supervisor.Completion;
    }

    (EnclaveSupervisor Supervisor, FakePlatform Platform) Create(string? weights = null, bool limits = false)
    {
        if (weights is null)
        {
            weights = _directory.Combine("sealed");
            File.WriteAllBytes(weights, [1, 2, 3, 4, 5]);
        }

        var platform = new FakePlatform(_ => new FakeEnclave(ServeAsync), limits ? _time : TimeProvider.System);
        var deployment = new EnclaveDeployment
        {
            Boot = Samples.Boot,
            Keys = ["model"],
            Weights = [new SealedFile("m.gguf", 5, new FileWeights(weights))],
            Configuration = _ =>
            {
                Interlocked.Increment(ref _configurations);
                return Task.FromResult("configuration"u8.ToArray());
            },
        };
        var broker = new BrokerClient(new HttpClient(new Answering(request => _broker(request))), new Uri("http://broker.test"));
        return (new EnclaveSupervisor(platform, deployment, broker, _options, _time, NullLogger<EnclaveSupervisor>.Instance), platform);
    }

    // An enclave as the protocol has it, refusing where the test says.
    async Task ServeAsync(FrameStream frames, FrameType type, byte[] payload, CancellationToken cancellation)
    {
        if (type == FrameType.TelemetryRequest)
        {
            if (_silent)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            await FakeEnclave.AnswerTelemetryAsync(frames, cancellation);
            return;
        }

        for (FrameType? next = type; next is { } frame; next = (await frames.ReadAsync(cancellation))?.Type)
        {
            lock (_frames)
            {
                _frames.Add(frame);
            }

            if (_refuse(frame) is { } code)
            {
                await frames.FailAsync(code, cancellation);
                return;
            }

            switch (frame)
            {
                case FrameType.Boot:
                    await frames.WriteAsync(FrameType.Booted, Samples.Log.ToJson(), cancellation);
                    return;
                case FrameType.KeyChallenge:
                    await frames.WriteAsync(FrameType.Evidence, "{}"u8.ToArray(), cancellation);
                    break;
                case FrameType.WrappedKey or FrameType.WeightsEnd or FrameType.Configuration:
                    await frames.WriteAsync(FrameType.Done, default, cancellation);
                    return;
            }
        }
    }

    // Moves the clock in small steps while the supervisor works; bounded by real time only so that a failing test ends.
    async Task UntilAsync(Func<bool> reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!reached())
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(1, limit.Token);
        }
    }

    sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
