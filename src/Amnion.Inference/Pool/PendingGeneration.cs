using System.Threading.Channels;

namespace Amnion.Inference.Pool;

/// <summary>A generation that a worker runs. Its channel holds no more than its tokens can make, so a slow reader holds nobody up.</summary>
sealed class PendingGeneration(int maxTokens) : PendingRequest
{
    const int BytesPerToken = 256;

    const int BytesAtOnce = 64 * 1024;

    /// <summary>At most one frame of text for each token, and one for what was held back at the end.</summary>
    int framesLeft = maxTokens + 1;

    int tokensTaken;

    /// <summary>Bytes of text left: a token has tens, the longest some hundreds, and what was held back for a stop comes at once.</summary>
    long bytesLeft = ((long)BytesPerToken * maxTokens) + BytesAtOnce;

    readonly Channel<GenerationEvent> events = Channel.CreateUnbounded<GenerationEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = false });

    public int MaxTokens => maxTokens;

    public ChannelReader<GenerationEvent> Events => events.Reader;

    /// <summary>False where the worker sends more than the request allows.</summary>
    public bool TryAddText(byte[] text, int tokens)
    {
        tokensTaken += tokens;
        if (--framesLeft < 0 || tokensTaken > maxTokens || (bytesLeft -= text.Length) < 0)
        {
            return false;
        }

        if (!Abandoned)
        {
            events.Writer.TryWrite(new GenerationEvent.Text(text, tokens));
        }

        return true;
    }

    public void Complete(GenerationEvent last)
    {
        events.Writer.TryWrite(last);
        events.Writer.TryComplete();
    }

    public override void Fail(string code) => Complete(new GenerationEvent.Failed(code));
}
