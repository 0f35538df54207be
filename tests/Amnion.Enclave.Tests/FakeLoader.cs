using Amnion.Enclave.Endpoint;
using Amnion.Enclave.Weights;
using Amnion.Inference;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Enclave.Tests;

/// <summary>Gives the fake engine out and keeps what it was given: a copy of the weights as a native engine would see them.</summary>
sealed class FakeLoader(FakeEngine engine) : IModelLoader
{
    public byte[]? Weights { get; private set; }

    public bool WasSealed { get; private set; }

    /// <summary>The code to fail with, or null.</summary>
    public string? FailureCode { get; set; }

    public void Check(EngineConfiguration configuration)
    {
    }

    public IWeightsFile Create(ModelFile file) => new MemoryWeights(WeightsMemory.Create(file.PlainLength));

    public Task<ITenantEngines> LoadAsync(IWeightsFile sealedFile, EngineConfiguration configuration, CancellationToken cancellation)
    {
        var weights = ((MemoryWeights)sealedFile).Memory;
        WasSealed = weights.IsSealed;
        using var stream = new FileStream($"/proc/self/fd/{weights.Handle.DangerousGetHandle()}", FileMode.Open, FileAccess.Read);
        Weights = new byte[weights.Length];
        stream.ReadExactly(Weights);
        return FailureCode is { } code ? Task.FromException<ITenantEngines>(new InferenceException(code, "It fails.")) : Task.FromResult<ITenantEngines>(engine);
    }
}
