using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Enclave.Boot;
using Amnion.Enclave.Config;
using Amnion.Enclave.Endpoint;
using Amnion.Enclave.Keys;
using Amnion.Enclave.Nsm;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Time;
using Amnion.Enclave.Weights;
using Amnion.Guard.Pipeline;
using Amnion.Records;

namespace Amnion.Enclave;

/// <summary>Everything that exists only after the registers are locked: clock, keys, model, configuration, endpoint.</summary>
sealed class MeasuredEnclave : IAsyncDisposable
{
    // Keys must end in time even where nobody asks for anything.
    static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(15);

    readonly KeysetRing _ring;
    readonly ITimer _ticks;

    public MeasuredEnclave(MeasuredBoot boot, SecurityModule module, IModelLoader loader, TimeProvider time, TelemetryLog telemetry)
    {
        Boot = boot;
        var clock = StartClock(boot, module, time);
        var identity = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _ring = new KeysetRing(boot.Suites, boot.Manifest.Digest, boot.LogHead, identity, clock, telemetry);
        Evidence = new EvidenceIssuer(module, boot, clock, telemetry);
        Keys = new KeyReception(boot, identity, Evidence, clock);
        Model = new ModelIntake(boot, loader);
        Configuration = new ConfigurationStore(boot.Engine.ConfigurationSigner, clock, oneTenant: boot.Engine.Workload is { Shared: false });
        var router = new ApiRouter(new CallerAdmission(new QuotaMeter(time)), new GuardPipeline(boot.Guard), () => Model.Model);
        var receipts = new ReceiptFactory(boot.Manifest.Digest, boot.LogHead, emulated: module.Platform != AttestationPlatform.Nitro);
        Endpoint = new SealedEndpoint(new RequestOpener(_ring, clock), router, Configuration, receipts, clock, telemetry);
        _ = _ring.Current();
        _ticks = time.CreateTimer(_ => _ring.Tick(), null, TickInterval, TickInterval);
    }

    /// <summary>What was measured.</summary>
    public MeasuredBoot Boot { get; }

    /// <summary>Makes Evidence.</summary>
    public EvidenceIssuer Evidence { get; }

    /// <summary>Receives the data key.</summary>
    public KeyReception Keys { get; }

    /// <summary>Receives and loads the model.</summary>
    public ModelIntake Model { get; }

    /// <summary>Who may call.</summary>
    public ConfigurationStore Configuration { get; }

    /// <summary>Serves sealed exchanges.</summary>
    public SealedEndpoint Endpoint { get; }

    /// <summary>The serve keyset to hand out now.</summary>
    public Keyset CurrentKeyset => _ring.Current();

    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync().ConfigureAwait(false);
        _ring.Dispose();
        await Model.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The first document gives the time, and shows that the module signs what was locked.</summary>
    static EvidenceClock StartClock(MeasuredBoot boot, SecurityModule module, TimeProvider time)
    {
        var document = module.Attest([], RandomNumberGenerator.GetBytes(32));
        foreach (var (register, value) in boot.Log.Replay())
        {
            if (!document.Registers.TryGetValue(register, out var signed) || !signed.Bytes.Span.SequenceEqual(value.AsSpan()))
            {
                throw new EnclaveRefusedException(EnclaveCodes.RegisterNotLocked);
            }
        }

        var clock = new EvidenceClock(time, () => module.Attest([], RandomNumberGenerator.GetBytes(32)).Timestamp.ToUnixTimeMilliseconds());
        clock.Anchor(document.Timestamp.ToUnixTimeMilliseconds());
        return clock;
    }
}
