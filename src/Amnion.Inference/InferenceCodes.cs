namespace Amnion.Inference;

/// <summary>Stable codes of this project. Never reused; catalogued in docs/diagnostics.md.</summary>
public static class InferenceCodes
{
    /// <summary>The engine's directory or one of its libraries is absent.</summary>
    public const string EngineLibrariesMissing = "AMN-INF-0001";

    /// <summary>The engine's libraries are not the pinned llama.cpp build.</summary>
    public const string EngineVersionMismatch = "AMN-INF-0002";

    /// <summary>The engine refused the model file.</summary>
    public const string ModelRejected = "AMN-INF-0003";

    /// <summary>The engine could not allocate a context of the asked size.</summary>
    public const string ContextRefused = "AMN-INF-0004";

    /// <summary>The weights are not in a sealed memory file.</summary>
    public const string WeightsNotSealed = "AMN-INF-0005";

    /// <summary>The worker process ended while the request was running.</summary>
    public const string WorkerDied = "AMN-INF-0101";

    /// <summary>The worker sent bytes that its protocol does not allow; it was killed.</summary>
    public const string WorkerViolatedProtocol = "AMN-INF-0102";

    /// <summary>The worker sent nothing for too long while requests were running; it was killed.</summary>
    public const string WorkerStalled = "AMN-INF-0103";

    /// <summary>A worker could not be started.</summary>
    public const string WorkerStartFailed = "AMN-INF-0104";

    /// <summary>The tenant's queue is full; the request was not started.</summary>
    public const string Busy = "AMN-INF-0105";

    /// <summary>The engine is being disposed; the request was not finished.</summary>
    public const string EngineClosed = "AMN-INF-0106";

    /// <summary>A required layer of the worker's confinement is missing.</summary>
    public const string ConfinementMissing = "AMN-INF-0201";

    /// <summary>The prompt does not fit the context of one sequence.</summary>
    public const string PromptTooLong = "AMN-INF-0301";

    /// <summary>The prompt has no token.</summary>
    public const string PromptEmpty = "AMN-INF-0302";

    /// <summary>A sampling parameter, stop or size of the request is outside its limits.</summary>
    public const string RequestInvalid = "AMN-INF-0303";

    /// <summary>The engine refused the grammar.</summary>
    public const string GrammarRejected = "AMN-INF-0304";

    /// <summary>The engine failed to evaluate the batch the request was in.</summary>
    public const string DecodeFailed = "AMN-INF-0305";

    /// <summary>The engine was started without embeddings.</summary>
    public const string EmbeddingsDisabled = "AMN-INF-0306";

    /// <summary>No token could be selected (the grammar or the logits leave none).</summary>
    public const string SamplingFailed = "AMN-INF-0307";

    /// <summary>A workload did not answer that it is ready in the time it has for that.</summary>
    public const string WorkloadNotReady = "AMN-INF-0501";

    /// <summary>Nobody listens on the workload's port any more: its server ended.</summary>
    public const string WorkloadEnded = "AMN-INF-0502";

    /// <summary>The workload's server refused the request as the caller's mistake.</summary>
    public const string WorkloadRefused = "AMN-INF-0503";

    /// <summary>The workload's server failed, or broke off in the middle of an answer.</summary>
    public const string WorkloadFailed = "AMN-INF-0504";

    /// <summary>The workload's server sent bytes that the protocol does not allow, or more than the limits; the connection was closed.</summary>
    public const string WorkloadViolatedProtocol = "AMN-INF-0505";

    /// <summary>The workload's server sent nothing of the answer for too long; the connection was closed.</summary>
    public const string WorkloadStalled = "AMN-INF-0506";

    /// <summary>A JSON schema uses a keyword or a value that grammars cannot hold to.</summary>
    public const string SchemaUnsupported = "AMN-INF-0401";

    /// <summary>A JSON schema is larger or deeper than the limits.</summary>
    public const string SchemaTooLarge = "AMN-INF-0402";

    /// <summary>A JSON schema is not well formed (wrong type of a keyword, unknown reference).</summary>
    public const string SchemaMalformed = "AMN-INF-0403";
}
