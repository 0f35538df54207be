namespace Amnion.Inference.Protocol;

/// <summary>The public code of a worker's failure.</summary>
static class FailureCodes
{
    public static string ToCode(FailureCode code) => code switch
    {
        FailureCode.EngineLibrariesMissing => InferenceCodes.EngineLibrariesMissing,
        FailureCode.EngineVersionMismatch => InferenceCodes.EngineVersionMismatch,
        FailureCode.ModelRejected => InferenceCodes.ModelRejected,
        FailureCode.ContextRefused => InferenceCodes.ContextRefused,
        FailureCode.WeightsNotSealed => InferenceCodes.WeightsNotSealed,
        FailureCode.PromptTooLong => InferenceCodes.PromptTooLong,
        FailureCode.PromptEmpty => InferenceCodes.PromptEmpty,
        FailureCode.GrammarRejected => InferenceCodes.GrammarRejected,
        FailureCode.DecodeFailed => InferenceCodes.DecodeFailed,
        FailureCode.EmbeddingsDisabled => InferenceCodes.EmbeddingsDisabled,
        FailureCode.SamplingFailed => InferenceCodes.SamplingFailed,
        FailureCode.RequestInvalid => InferenceCodes.RequestInvalid,
        _ => throw new FrameFormatException(0, "failure code", $"{(byte)code} is not known"),
    };
}
