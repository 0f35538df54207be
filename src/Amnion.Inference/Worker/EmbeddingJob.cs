using Amnion.Inference.Native;

namespace Amnion.Inference.Worker;

/// <summary>One text waiting to be embedded.</summary>
readonly record struct EmbeddingJob(uint Id, TokenList Input);
