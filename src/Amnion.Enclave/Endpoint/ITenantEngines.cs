using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>The engines of one loaded model. The built-in ones never share a worker, nor its caches, between tenants.</summary>
interface ITenantEngines : IAsyncDisposable
{
    /// <summary>Workers replaced so far.</summary>
    long Replaced { get; }

    /// <summary>True where the engines turn conversations into prompts themselves; false where they take prompts.</summary>
    bool RendersConversations => false;

    /// <summary>True once the engines are gone for good.</summary>
    bool HasEnded => false;

    /// <summary>The engine that serves a tenant. Not owned by the caller.</summary>
    IInferenceEngine For(string tenant);
}
