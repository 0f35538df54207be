using Amnion.Enclave.Endpoint;
using Amnion.Enclave.Linux;
using Amnion.Enclave.Weights;
using Amnion.Inference;
using Amnion.Inference.OpenAi;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Enclave.Workload;

/// <summary>
/// The engine of a lift-and-shift image: a foreign server, unmodified, that waits in a root of its own. It is started with one byte when every
/// file of the model stands in its directory, once, and talked to over loopback.
/// </summary>
/// <param name="options">What the launcher said.</param>
/// <param name="imageDirectory">Where the image describes itself.</param>
/// <param name="time">Measures time limits.</param>
sealed class WorkloadLoader(WorkloadOptions options, string imageDirectory, TimeProvider time) : IModelLoader
{
    const byte Start = (byte)'S';

    readonly WorkloadDirectory _directory = new(options.WeightsDescriptor);
    int _started;

    /// <summary>How a server's time to become ready may be changed: tests.</summary>
    public Func<OpenAiOptions, OpenAiOptions> Adjust { get; init; } = static settings => settings;

    public bool TakesEveryFile => true;

    // The byte cannot be taken back.
    public bool CanRetry => Volatile.Read(ref _started) == 0;

    /// <summary>The measured configuration must name the command line and the port of this very image, and may share it only where the image says so.</summary>
    public void Check(EngineConfiguration engine)
    {
        if (engine.Workload is not { } workload
            || WorkloadImage.Find(imageDirectory) is not { } image
            || workload.Arguments != image.Arguments
            || workload.Port != (options.Port ?? image.Port ?? WorkloadSettings.DefaultPort)
            || workload.Port != (image.Port ?? workload.Port)
            || (workload.Shared && !image.AllowsSharing))
        {
            throw new EnclaveRefusedException(EnclaveCodes.EngineKind);
        }
    }

    public IWeightsFile Create(ModelFile file) => _directory.Create(file.Name, file.PlainLength);

    public async Task<ITenantEngines> LoadAsync(IWeightsFile weights, EngineConfiguration engine, CancellationToken cancellation)
    {
        var workload = engine.Workload!;
        Begin();
        var settings = new OpenAiOptions
        {
            Port = workload.Port,
            Model = workload.Model,
            Name = engine.Engine[WorkloadSettings.EnginePrefix.Length..],
            MaxConcurrent = Math.Min(engine.Slots, OpenAiOptions.MaxConcurrentLimit),
            ReadyWithin = TimeSpan.FromSeconds(workload.ReadySeconds),
        };
        return new Engines(await OpenAiService.StartAsync(Adjust(settings), time, cancellation).ConfigureAwait(false));
    }

    unsafe void Begin()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InferenceException(InferenceCodes.WorkloadEnded, "The workload was started before.");
        }

        var start = Start;
        var written = Libc.Write(options.StartDescriptor, &start, 1);
        _ = Libc.Close(options.StartDescriptor);
        if (written != 1)
        {
            throw new InferenceException(InferenceCodes.WorkloadEnded, "The workload does not wait for its start any more.");
        }
    }

    sealed class Engines(OpenAiService service) : ITenantEngines
    {
        public long Replaced => 0;

        public bool RendersConversations => true;

        public bool HasEnded => service.HasEnded;

        public IInferenceEngine For(string tenant) => service.ForTenant(tenant);

        public ValueTask DisposeAsync() => service.DisposeAsync();
    }
}
