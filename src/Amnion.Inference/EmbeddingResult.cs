namespace Amnion.Inference;

/// <summary>An embedding.</summary>
/// <param name="Vector">The vector, of Euclidean length 1.</param>
/// <param name="PromptTokens">Tokens that were read.</param>
public sealed record EmbeddingResult(float[] Vector, int PromptTokens);
