using System.Diagnostics;
using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>
/// Continuous batching: every step evaluates one batch that holds the next token of each running sequence and, in what
/// room is left, the next chunk of prompts, oldest first. A sequence starts only when cells for its prompt and its whole
/// answer are free, so none is ever stopped half way for want of room; none shares cells with another.
/// </summary>
sealed unsafe class BatchScheduler(LlamaContext context, Vocabulary vocabulary, int maxSequences, int sequenceTokens, int batchTokens, FrameWriter writer) : IDisposable
{
    /// <summary>
    /// Text of all sequences leaves together, at most once in this time for each of them, so that all streams together depart about
    /// 200 times a second: each departure wakes a chain of processes up to the caller, which costs a small model more than its tokens do.
    /// The first text of an answer and its last never wait, and a model that takes longer for a token is not held up at all.
    /// </summary>
    static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(5);

    /// <summary>However many streams there are, text does not wait longer, but for the evaluation that runs meanwhile.</summary>
    static readonly TimeSpan LongestGatherTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of gathered text that do not wait for the time.</summary>
    const int MaxGathered = 8 * 1024;

    /// <summary>Bytes of one token's text; real ones have tens.</summary>
    const int MaxPieceBytes = 4096;

    readonly NativeBatch batch = new(batchTokens);
    readonly Candidates candidates = new(vocabulary);
    readonly LinkedList<Sequence> waiting = new();
    readonly List<Sequence> running = new(maxSequences);
    readonly Sequence?[] slots = new Sequence?[maxSequences];
    readonly byte[] piece = new byte[MaxPieceBytes];
    long lastDeparture = Stopwatch.GetTimestamp();
    int freeCells = context.ContextTokens;

    public bool HasWork => running.Count > 0 || waiting.Count > 0;

    /// <summary>True while the cache still has what ended requests put there.</summary>
    public bool HoldsPastText { get; private set; }

    /// <summary>Zeroes the cache, all of it, since zeroing a part is not offered. Only while nothing runs.</summary>
    public void Wipe()
    {
        context.Wipe();
        batch.Wipe();
        HoldsPastText = false;
    }

    /// <summary>Takes a request over.</summary>
    public void Add(Sequence sequence)
    {
        var limit = Math.Min(sequenceTokens, context.ContextTokens);
        sequence.Reserved = (int)Math.Min((long)sequence.PromptTokens + sequence.MaxTokens, limit);
        waiting.AddLast(sequence);
    }

    /// <summary>Ends a request, if it is still here.</summary>
    public void Cancel(uint id)
    {
        for (var node = waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Id == id)
            {
                waiting.Remove(node);
                Report(node.Value, FinishReason.Cancelled);
                node.Value.Dispose();
                return;
            }
        }

        if (running.Find(s => s.Id == id) is { } sequence)
        {
            End(sequence, FinishReason.Cancelled);
        }
    }

    /// <summary>One evaluation. Frames of all its tokens are left in the writer.</summary>
    public void Step()
    {
        Admit();
        FillBatch();
        if (batch.Count == 0)
        {
            return;
        }

        if (context.Decode(batch.Value) != 0)
        {
            FailRunning();
            return;
        }

        for (var i = running.Count - 1; i >= 0; i--)
        {
            if (running[i].Output >= 0)
            {
                TakeToken(running[i]);
            }
        }

        var gather = GatherTime * running.Count;
        if (Stopwatch.GetElapsedTime(lastDeparture) >= (gather < LongestGatherTime ? gather : LongestGatherTime))
        {
            lastDeparture = Stopwatch.GetTimestamp();
            running.ForEach(Send);
        }
    }

    public void Dispose()
    {
        foreach (var sequence in running.Concat(waiting))
        {
            sequence.Dispose();
        }

        batch.Dispose();
        candidates.Dispose();
    }

    void Admit()
    {
        while (waiting.First is { } first && running.Count < maxSequences && first.Value.Reserved <= freeCells)
        {
            waiting.RemoveFirst();
            first.Value.Slot = Array.IndexOf(slots, null);
            slots[first.Value.Slot] = first.Value;
            freeCells -= first.Value.Reserved;
            running.Add(first.Value);
        }
    }

    void FillBatch()
    {
        batch.Clear();

        // By slot, and without gaps as far as may be: the engine evaluates in one pass only sequences that follow each other.
        foreach (var sequence in slots)
        {
            if (sequence is { Prefilling: false })
            {
                sequence.Output = batch.Add(sequence.Next, sequence.Position++, sequence.Slot, output: true);
            }
            else
            {
                sequence?.Output = -1;
            }
        }

        foreach (var sequence in running)
        {
            // A sequence that just got its next token above is past its prompt.
            while (sequence.Prefilling && batch.Free > 0)
            {
                var last = sequence.Position == sequence.PromptTokens - 1;
                var at = batch.Add(sequence.Prompt[sequence.Position], sequence.Position, sequence.Slot, last);
                sequence.Position++;
                if (last)
                {
                    sequence.Output = at;
                }
            }
        }
    }

    void TakeToken(Sequence sequence)
    {
        var logits = context.GetLogits(sequence.Output);
        var token = logits == null ? -1 : sequence.Sampler.Sample(candidates, logits);
        if (token < 0)
        {
            Fail(sequence, FailureCode.SamplingFailed);
            return;
        }

        sequence.Generated++;
        if (vocabulary.EndsGeneration(token))
        {
            End(sequence, FinishReason.Stop);
            return;
        }

        var length = vocabulary.GetBytes(token, piece);
        sequence.Gather(sequence.Filter.Append(piece.AsSpan(0, length)));
        piece.AsSpan(0, length).Clear();
        if (!sequence.Started || sequence.Gathered.Length > MaxGathered)
        {
            Send(sequence);
        }

        if (sequence.Filter.Stopped)
        {
            End(sequence, FinishReason.Stop);
        }
        else if (sequence.Generated >= sequence.MaxTokens || sequence.Position >= sequence.Reserved)
        {
            End(sequence, FinishReason.Length);
        }
        else
        {
            sequence.Next = token;
        }
    }

    void End(Sequence sequence, FinishReason reason)
    {
        if (reason != FinishReason.Cancelled)
        {
            sequence.Gather(sequence.Filter.Flush());
            Send(sequence);
        }

        Report(sequence, reason);
        Forget(sequence);
    }

    void Fail(Sequence sequence, FailureCode code)
    {
        Send(sequence);
        WorkerFrames.WriteFailed(writer, sequence.Id, code);
        Forget(sequence);
    }

    /// <summary>The engine's state is unknown after a failed evaluation: every running sequence ends and the cache is wiped.</summary>
    void FailRunning()
    {
        while (running.Count > 0)
        {
            Fail(running[^1], FailureCode.DecodeFailed);
        }

        Wipe();
    }

    void Forget(Sequence sequence)
    {
        running.Remove(sequence);
        context.Remove(sequence.Slot);
        slots[sequence.Slot] = null;
        freeCells += sequence.Reserved;
        sequence.Dispose();
        HoldsPastText = true;
    }

    void Report(Sequence sequence, FinishReason reason) =>
        WorkerFrames.WriteDone(writer, sequence.Id, reason, sequence.PromptTokens, sequence.Generated);

    void Send(Sequence sequence)
    {
        if (!sequence.Gathered.IsEmpty)
        {
            WorkerFrames.WriteText(writer, sequence.Id, sequence.Unsent, sequence.Gathered);
            sequence.Sent();
        }
    }
}
