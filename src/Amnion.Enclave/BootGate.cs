using Amnion.Enclave.Boot;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Weights;
using Amnion.Records;
using Amnion.Records.Telemetry;

namespace Amnion.Enclave;

/// <summary>Lets one boot through, ever. Before it, and after one that failed, there is no enclave to ask anything of.</summary>
sealed class BootGate(SecurityModule module, IModelLoader loader, ImageConfiguration? image, TimeProvider time, TelemetryLog telemetry) : IAsyncDisposable
{
    readonly long _started = time.GetTimestamp();
    int _attempts;
    volatile MeasuredEnclave? _enclave;
    volatile bool _failed;

    /// <summary>How far the enclave has come.</summary>
    public EnclaveState State => _failed ? EnclaveState.Failed : _enclave?.Model.State ?? EnclaveState.AwaitingBoot;

    /// <summary>Workers replaced so far.</summary>
    public long WorkersReplaced => _enclave?.Model.Model?.Engines.Replaced ?? 0;

    /// <summary>The measured enclave.</summary>
    /// <exception cref="EnclaveRefusedException">It was not booted, or booting failed.</exception>
    public MeasuredEnclave Enclave => _enclave ?? throw new EnclaveRefusedException(_failed ? EnclaveCodes.BootFailed : EnclaveCodes.NotBooted);

    /// <summary>The one boot; the register log as JSON.</summary>
    /// <exception cref="EnclaveRefusedException">It was tried before, or failed.</exception>
    public byte[] Boot(ReadOnlySpan<byte> request)
    {
        if (Interlocked.Exchange(ref _attempts, 1) != 0)
        {
            throw new EnclaveRefusedException(_failed ? EnclaveCodes.BootFailed : EnclaveCodes.AlreadyBooted);
        }

        var done = false;
        try
        {
            var plan = BootPlan.Read(request, image);
            loader.Check(plan.Engine);
            var boot = BootSequence.Run(plan, module);
            _enclave = new MeasuredEnclave(boot, module, loader, time, telemetry);
            done = true;
            return boot.Log.ToJson();
        }
        finally
        {
            _failed = !done;
            telemetry.Add(TelemetryKind.Boot, done ? TelemetryOutcome.Ok : TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, TelemetryEvent.Bucket(time.GetElapsedTime(_started)));
        }
    }

    public ValueTask DisposeAsync() => _enclave?.DisposeAsync() ?? ValueTask.CompletedTask;
}
