using Amnion.Enclave.Endpoint;
using Amnion.Inference;
using Amnion.Models.Manifest;
using Amnion.Records;

namespace Amnion.Enclave.Weights;

/// <summary>An engine that this program can start: where a model's files go, and what happens once they are there. The boundary to native code.</summary>
interface IModelLoader
{
    /// <summary>True where the engine gets every file of the manifest; false where it gets the weights, and other files are only checked.</summary>
    bool TakesEveryFile => false;

    /// <summary>True where a start that failed can be tried again.</summary>
    bool CanRetry => true;

    /// <summary>Refuses an engine configuration that this engine is not: before anything is measured.</summary>
    /// <exception cref="EnclaveRefusedException">It names another engine.</exception>
    void Check(EngineConfiguration engine);

    /// <summary>Makes room for a file.</summary>
    /// <exception cref="EnclaveRefusedException">There is no room, or the file stands there already.</exception>
    IWeightsFile Create(ModelFile file);

    /// <summary>Starts the engines. The files stay with the caller and outlive them.</summary>
    /// <param name="weights">The weights, sealed: what <see cref="Create"/> made.</param>
    /// <param name="engine">The measured engine configuration.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="InferenceException">The engine did not start or refused the model.</exception>
    Task<ITenantEngines> LoadAsync(IWeightsFile weights, EngineConfiguration engine, CancellationToken cancellation);
}
