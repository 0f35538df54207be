using Amnion.Inference.Native;

namespace Amnion.Inference.Worker;

/// <summary>One generation in the worker, waiting or running.</summary>
sealed class Sequence(uint id, TokenList prompt, int maxTokens, TokenSampler sampler, OutputFilter filter) : IDisposable
{
    byte[] gathered = new byte[256];
    int gatheredLength;
    int sent;

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

    /// <summary>Tokens whose text has not left yet.</summary>
    public int Unsent => Generated - sent;

    /// <summary>Text that waits to leave with the next.</summary>
    public ReadOnlySpan<byte> Gathered => gathered.AsSpan(0, gatheredLength);

    /// <summary>True once any text has left.</summary>
    public bool Started => sent > 0;

    public bool Prefilling => Position < PromptTokens;

    /// <summary>Keeps text until <see cref="Sent"/>.</summary>
    public void Gather(ReadOnlySpan<byte> text)
    {
        if (gathered.Length - gatheredLength < text.Length)
        {
            var old = gathered;
            gathered = new byte[Math.Max(gatheredLength + text.Length, 2 * old.Length)];
            old.AsSpan(0, gatheredLength).CopyTo(gathered);
            Array.Clear(old);
        }

        text.CopyTo(gathered.AsSpan(gatheredLength));
        gatheredLength += text.Length;
    }

    /// <summary>What was gathered has left.</summary>
    public void Sent()
    {
        gathered.AsSpan(0, gatheredLength).Clear();
        gatheredLength = 0;
        sent = Generated;
    }

    public void Dispose()
    {
        Array.Clear(gathered);
        prompt.Dispose();
        sampler.Dispose();
        filter.Dispose();
    }
}
