using System.Collections.Immutable;

namespace Amnion.Inference;

/// <summary>One request for text. Limits are in <see cref="RequestLimits"/>.</summary>
public sealed record GenerationRequest
{
    /// <summary>The prompt, in order. A beginning-of-text token is added in front where the model wants one and the prompt has none.</summary>
    public required ImmutableArray<PromptPiece> Prompt { get; init; }

    /// <summary>
    /// The conversation, for an engine that renders prompts itself; <see cref="Prompt"/> is empty then. An engine that takes prompts refuses it.
    /// </summary>
    public Conversation? Conversation { get; init; }

    /// <summary>Most tokens to generate, at least 1. The engine reserves room for prompt and answer before it starts.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end the answer; they are never part of it, not even partly.</summary>
    public ImmutableArray<string> Stops { get; init; } = [];

    /// <summary>A GBNF grammar that the whole answer follows, its start symbol "root"; null for none.</summary>
    public string? Grammar { get; init; }

    /// <summary>Never the prompt.</summary>
    public override string ToString() => $"GenerationRequest {{ MaxTokens = {MaxTokens} }}";
}
