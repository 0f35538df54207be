using Amnion.Records;
using Amnion.Records.Frames;
using Microsoft.Extensions.Logging;

namespace Amnion.Host;

/// <summary>
/// Brings an enclave up and keeps one up. A restarted enclave has new keys and proves itself anew to the broker and to every caller;
/// nothing is carried over. A broker's refusal is final: the same image and policy would be refused again.
/// </summary>
public sealed class EnclaveSupervisor : IAsyncDisposable
{
    readonly IEnclavePlatform _platform;
    readonly EnclaveLauncher _launcher;
    readonly SupervisorOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly Queue<long> _restarts = new();
    volatile EnclaveView _view = new(EnclaveState.Stopped, null, 0);
    volatile RunningEnclave? _enclave;
    volatile EnclaveTelemetry? _telemetry;
    volatile RegisterLog? _log;
    Task _watch = Task.CompletedTask;
    int _disposed;

    /// <summary>Nothing runs yet; <see cref="StartAsync"/> begins.</summary>
    public EnclaveSupervisor(IEnclavePlatform platform, EnclaveDeployment deployment, IKeySource keys, SupervisorOptions options, TimeProvider time, ILogger<EnclaveSupervisor> logger)
    {
        _platform = platform;
        _launcher = new EnclaveLauncher(deployment, keys);
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>How far the enclave is and how to reach it.</summary>
    public EnclaveView View => _view;

    /// <summary>The running enclave; null between two.</summary>
    public RunningEnclave? Enclave => _enclave;

    /// <summary>What the enclave reported at the last pulse; null before the first.</summary>
    public EnclaveTelemetry? Telemetry => _telemetry;

    /// <summary>The register log of the running enclave's boot; null before it.</summary>
    public RegisterLog? RegisterLog => _log;

    /// <summary>Completes when the supervisor was stopped, or with the reason for which it gave up.</summary>
    public Task Completion => _watch;

    /// <summary>Brings the first enclave up and returns when it serves; from then on it is watched.</summary>
    /// <exception cref="KeyReleaseRefusedException">The broker refused a key.</exception>
    /// <exception cref="FrameFailedException">The enclave refused a step, with its code.</exception>
    /// <exception cref="HostException">Anything else that failed, with its code.</exception>
    public async Task StartAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        try
        {
            await BringUpAsync(progress, either.Token).ConfigureAwait(false);
        }
        catch
        {
            _view = _view with { State = EnclaveState.Failed, Connection = null };
            throw;
        }

        _watch = WatchAsync();
    }

    /// <summary>Ends the enclave and stops watching.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await TakeDownAsync(EnclaveState.Stopped).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>The stable code of an exception that bringing up an enclave can end with; null for one that is a mistake of ours.</summary>
    public static string? CodeOf(Exception exception) => exception switch
    {
        HostException host => host.Code,
        FrameFailedException refused => refused.Code,
        _ => null,
    };

    async Task BringUpAsync(IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        _view = new EnclaveView(EnclaveState.Starting, null, _view.Starts + 1);
        var enclave = await _platform.StartAsync(progress, cancellation).ConfigureAwait(false);
        _enclave = enclave;
        try
        {
            _log = await _launcher.LaunchAsync(enclave.Connection, state => _view = _view with { State = state, Connection = enclave.Connection }, progress, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await TakeDownAsync(EnclaveState.Restarting).ConfigureAwait(false);
            throw;
        }

        Log.Ready(_logger, enclave.ModuleId, enclave.Platform, (long)_time.GetElapsedTime(began).TotalMilliseconds, _view.Starts);
    }

    async Task TakeDownAsync(EnclaveState state)
    {
        var enclave = _enclave;
        _view = _view with { State = state, Connection = null };
        _enclave = null;
        _telemetry = null;
        _log = null;
        if (enclave is not null)
        {
            await enclave.DisposeAsync().ConfigureAwait(false);
        }
    }

    async Task WatchAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            if (_enclave is { } enclave)
            {
                await WatchOneAsync(enclave).ConfigureAwait(false);
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                var status = await KillAsync(enclave).ConfigureAwait(false);
                failures = 0;
                Log.Ended(_logger, enclave.ModuleId, status, (long)Delay(failures).TotalMilliseconds);
            }

            if (!MayRestart())
            {
                _view = _view with { State = EnclaveState.Failed };
                Log.GaveUp(_logger, HostCodes.RestartsExhausted);
                throw new EnclaveUnavailableException(HostCodes.RestartsExhausted, $"The enclave ended or failed to start {_options.MostRestarts} times within {_options.RestartWindow.TotalMinutes:0} minutes.");
            }

            try
            {
                await Task.Delay(Delay(failures), _time, _stop.Token).ConfigureAwait(false);
                await BringUpAsync(null, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (KeyReleaseRefusedException e)
            {
                _view = _view with { State = EnclaveState.Failed };
                Log.GaveUp(_logger, e.Code);
                throw;
            }
            catch (Exception e) when (CodeOf(e) is not null)
            {
                failures++;
                _view = _view with { State = EnclaveState.Restarting };
                Log.StartFailed(_logger, CodeOf(e)!, e.Message);
            }
        }
    }

    async Task<int> KillAsync(RunningEnclave enclave)
    {
        await TakeDownAsync(EnclaveState.Restarting).ConfigureAwait(false);
        return await enclave.Exited.ConfigureAwait(false);
    }

    TimeSpan Delay(int failures) => TimeSpan.FromTicks(Math.Min(_options.LongestRestartDelay.Ticks, _options.FirstRestartDelay.Ticks << Math.Min(failures, 16)));

    bool MayRestart()
    {
        while (_restarts.TryPeek(out var oldest) && _time.GetElapsedTime(oldest) > _options.RestartWindow)
        {
            _restarts.Dequeue();
        }

        _restarts.Enqueue(_time.GetTimestamp());
        return _restarts.Count <= _options.MostRestarts;
    }

    // Returns when the enclave ended, hangs, or the supervisor is stopped.
    async Task WatchOneAsync(RunningEnclave enclave)
    {
        var missed = 0;
        var configured = _time.GetTimestamp();
        while (missed < _options.MostMissedPulses)
        {
            var pause = Task.Delay(_options.PulseInterval, _time, _stop.Token);
            if (await Task.WhenAny(enclave.Exited, pause).ConfigureAwait(false) != pause || _stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                _telemetry = EnclaveTelemetry.Parse(await enclave.Connection.GetTelemetryAsync(_stop.Token).ConfigureAwait(false));
                missed = 0;
            }
            catch (Exception e) when (CodeOf(e) is not null || e is RecordFormatException)
            {
                missed++;
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (_time.GetElapsedTime(configured) >= _options.ConfigurationInterval)
            {
                configured = _time.GetTimestamp();
                await RenewConfigurationAsync(enclave).ConfigureAwait(false);
            }
        }

        Log.Hung(_logger, enclave.ModuleId, missed);
    }

    async Task RenewConfigurationAsync(RunningEnclave enclave)
    {
        try
        {
            _ = await _launcher.ConfigureAsync(enclave.Connection, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (CodeOf(e) is not null || e is IOException or HttpRequestException)
        {
            Log.ConfigurationNotRenewed(_logger, CodeOf(e) ?? HostCodes.BrokerUnreachable);
        }
        catch (OperationCanceledException)
        {
            // Stopped, or the source of releases took too long; the release in force stays.
        }
    }
}
