using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>The engines of one loaded model. Tenants never share a worker, nor its caches.</summary>
interface ITenantEngines : IAsyncDisposable
{
    /// <summary>Workers replaced so far.</summary>
    long Replaced { get; }

    /// <summary>The engine that serves a tenant. Not owned by the caller.</summary>
    IInferenceEngine For(string tenant);
}
