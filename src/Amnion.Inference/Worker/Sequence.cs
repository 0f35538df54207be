using Amnion.Inference.Native;

namespace Amnion.Inference.Worker;

/// <summary>One generation in the worker, waiting or running.</summary>
sealed class Sequence(uint id, TokenList prompt, int maxTokens, TokenSampler sampler, OutputFilter filter) : IDisposable
{
    public uint Id => id;

    public TokenList Prompt => prompt;

    public int PromptTokens { get; } = prompt.Count;

    public int MaxTokens => maxTokens;

    public TokenSampler Sampler => sampler;

    public OutputFilter Filter => filter;

    /// <summary>Cells of the cache kept for this sequence, from admission to end.</summary>
    public int Reserved { get; set; }

    /// <summary>The sequence's number in the engine, or -1 while it waits.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Tokens in the cache.</summary>
    public int Position { get; set; }

    /// <summary>Tokens generated.</summary>
    public int Generated { get; set; }

    /// <summary>The token sampled last, to be evaluated next.</summary>
    public int Next { get; set; }

    /// <summary>Where in the current batch this sequence's logits are, or -1.</summary>
    public int Output { get; set; } = -1;

    public bool Prefilling => Position < PromptTokens;

    public void Dispose()
    {
        prompt.Dispose();
        sampler.Dispose();
        filter.Dispose();
    }
}
