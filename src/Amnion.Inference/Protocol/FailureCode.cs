namespace Amnion.Inference.Protocol;

/// <summary>A failure as the worker may report it: a closed set, so that no text comes from it.</summary>
enum FailureCode : byte
{
    EngineLibrariesMissing = 1,
    EngineVersionMismatch = 2,
    ModelRejected = 3,
    ContextRefused = 4,
    WeightsNotSealed = 5,
    PromptTooLong = 16,
    PromptEmpty = 17,
    GrammarRejected = 18,
    DecodeFailed = 19,
    EmbeddingsDisabled = 20,
    SamplingFailed = 21,
    RequestInvalid = 22,
}
