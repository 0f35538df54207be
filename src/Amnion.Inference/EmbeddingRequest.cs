using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>One text to embed.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>The text, in order.</summary>
    public required ImmutableArray<PromptPiece> Input { get; init; }

    /// <summary>Never the input.</summary>
    public override string ToString() => "EmbeddingRequest";
}
