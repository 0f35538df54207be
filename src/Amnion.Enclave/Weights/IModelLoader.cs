using Amnion.Enclave.Endpoint;
using Amnion.Inference;
using Amnion.Records;

namespace Amnion.Enclave.Weights;

/// <summary>Starts the engine on sealed weights: the boundary to native code.</summary>
interface IModelLoader
{
    /// <summary>Starts the engines. The weights stay with the caller and outlive them.</summary>
    /// <exception cref="InferenceException">The engine did not start or refused the model.</exception>
    Task<ITenantEngines> LoadAsync(WeightsMemory weights, EngineConfiguration engine, CancellationToken cancellation);
}
