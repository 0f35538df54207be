using Amnion.Enclave.Api;
using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>What the caller is told of an engine's refusal.</summary>
static class EngineErrors
{
    public static ApiError Describe(string code) => code switch
    {
        InferenceCodes.PromptTooLong => ApiError.ContextLength,
        InferenceCodes.PromptEmpty => ApiError.Invalid("prompt", "has no token"),
        InferenceCodes.RequestInvalid => ApiError.RequestLimits,
        InferenceCodes.GrammarRejected => ApiError.Unsupported("response_format", "the engine refused the grammar made from the schema"),
        InferenceCodes.EmbeddingsDisabled => ApiError.NoEmbeddings,
        InferenceCodes.Busy => ApiError.Overloaded,
        InferenceCodes.WorkloadRefused => ApiError.EngineRefused,
        InferenceCodes.WorkloadEnded => ApiError.EngineEnded,
        _ => ApiError.EngineFailed,
    };
}
