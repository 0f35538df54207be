using System.Diagnostics;
using Amnion.Inference.Confinement;
using Amnion.Inference.Linux;
using Amnion.Inference.Native;
using Amnion.Inference.Protocol;

namespace Amnion.Inference.Worker;

/// <summary>
/// A worker's life: limits on itself, libraries, the system call filter, then the model, then requests. One thread does all
/// of it; between two steps it looks at the socket without waiting, and waits only when there is nothing to do.
/// </summary>
sealed class WorkerSession(UnixChannel channel, int weights) : IDisposable
{
    /// <summary>How often a busy worker says that it lives.</summary>
    static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long nothing runs before the cache is zeroed. Zeroing touches all of it, seconds for a large one, and the tenant's next
    /// question would wait for that.
    /// </summary>
    static readonly TimeSpan IdleBeforeWipe = TimeSpan.FromSeconds(1);

    readonly FrameBuffer inbound = new(FrameBuffer.MaxToWorker);
    readonly FrameWriter writer = new();
    LlamaModel? model;
    LoadFrame? options;
    LlamaContext? context;
    BatchScheduler? scheduler;
    Embedder? embedder;
    ConfinementProbe? probe;
    int sequenceTokens;

    /// <summary>Made where it is wanted first: a worker that waits for its tenant needs no memory for a cache.</summary>
    BatchScheduler Scheduler
    {
        get
        {
            if (scheduler is null)
            {
                context = LlamaContext.ForText(model!, options!.ContextTokens, sequenceTokens, options.MaxSequences, options.BatchTokens, options.Threads);
                scheduler = new BatchScheduler(context, model!.Vocabulary, options.MaxSequences, sequenceTokens, options.BatchTokens, writer);
            }

            return scheduler;
        }
    }

    /// <summary>Made where it is wanted first: most workers are never asked for embeddings.</summary>
    Embedder Embedder
    {
        get
        {
            if (embedder is null)
            {
                var embeddings = LlamaContext.ForEmbeddings(model!, options!.MaxSequences, options.EmbeddingTokens, options.Pooling, options.Threads);
                embedder = new Embedder(embeddings, options.MaxSequences, options.EmbeddingTokens, model!.EmbeddingLength, writer);
            }

            return embedder;
        }
    }

    public int Run()
    {
        var limits = SelfLimits.ApplyLimits();
        var dumpable = SelfLimits.DenyDumps();
        var load = ReadLoad();
        if (load is null)
        {
            return WorkerProgram.ExitEnded;
        }

        try
        {
            Load(load, limits, dumpable);
        }
        catch (EngineException e)
        {
            WorkerFrames.WriteFailed(writer, 0, e.Code);
            _ = Flush();
            return WorkerProgram.ExitNotLoaded;
        }

        Serve();
        return WorkerProgram.ExitEnded;
    }

    public void Dispose()
    {
        scheduler?.Dispose();
        embedder?.Dispose();
        context?.Dispose();
        model?.Dispose();
        channel.Dispose();
    }

    LoadFrame? ReadLoad()
    {
        while (true)
        {
            if (inbound.TryTake(out var type, out var payload))
            {
                if (type != FrameType.Load)
                {
                    throw new FrameFormatException(4, "type", $"{type} before Load");
                }

                var frame = LoadFrame.Parse(payload);
                inbound.Release(payload.Length);
                return frame;
            }

            if (!Receive(wait: true))
            {
                return null;
            }
        }
    }

    void Load(LoadFrame frame, int limits, int dumpable)
    {
        var variant = EngineLibraries.Load(frame.EngineDirectory);
        // From here on no file can be opened, so what the runtime would load on first use is loaded now. The model comes after
        // the filter: whoever made it may be an adversary too, and parsing it needs no file but the open descriptor.
        RuntimeWarmup.Run();
        // poll(2) is bound on first use too, which would be after the first answer.
        _ = channel.Wait(TimeSpan.Zero);
        probe = frame.AllowProbe ? new ConfinementProbe(weights) : null;
        var systemCalls = SeccompFilter.Install(channel.Descriptor.Value);
        RuntimeWarmup.Check();

        model = LlamaModel.Load(weights);
        sequenceTokens = Math.Min(frame.SequenceTokens, model.TrainedContextTokens > 0 ? model.TrainedContextTokens : frame.SequenceTokens);
        options = frame;
        if (frame.Prepare)
        {
            _ = Scheduler;
        }

        var info = new EngineInfo
        {
            Version = EngineLibraries.PinnedVersion,
            CpuVariant = variant,
            ModelDescription = model.Description,
            Parameters = model.Parameters,
            VocabularySize = model.Vocabulary.Size,
            EmbeddingLength = model.EmbeddingLength,
            TrainedContextTokens = model.TrainedContextTokens,
            SequenceTokens = sequenceTokens,
            ContextTokens = context?.ContextTokens ?? frame.ContextTokens,
            MaxSequences = frame.MaxSequences,
            Embeddings = frame.Pooling != EmbeddingPooling.None,
        };
        new LoadedFrame(info, limits, dumpable, systemCalls).Write(writer);
        _ = Flush();
    }

    void Serve()
    {
        var lastWrite = Stopwatch.GetTimestamp();
        while (true)
        {
            var busy = scheduler is { HasWork: true } || embedder is { HasWork: true };
            if (!busy && scheduler is { HoldsPastText: true } && !channel.Wait(IdleBeforeWipe))
            {
                scheduler.Wipe();
            }

            if (!Receive(wait: !busy))
            {
                return;
            }

            TakeFrames();
            if (scheduler is { HasWork: true })
            {
                scheduler.Step();
            }

            if (embedder is { HasWork: true })
            {
                embedder.Step();
            }

            if (writer.Written.IsEmpty && busy && Stopwatch.GetElapsedTime(lastWrite) >= AliveEvery)
            {
                RequestFrames.WriteEmpty(writer, FrameType.Alive);
            }

            if (!writer.Written.IsEmpty)
            {
                lastWrite = Stopwatch.GetTimestamp();
                if (!Flush())
                {
                    return;
                }
            }
        }
    }

    void TakeFrames()
    {
        while (inbound.TryTake(out var type, out var payload))
        {
            Handle(type, payload);
            inbound.Release(payload.Length);
        }
    }

    void Handle(FrameType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Generate:
                TryAdd(payload, static (session, bytes) => session.Scheduler.Add(GenerateReader.ReadGenerate(bytes, session.model!.Vocabulary, session.sequenceTokens)));
                break;
            case FrameType.Embed:
                TryAdd(payload, static (session, bytes) =>
                    session.Embedder.Add(new EmbeddingJob(GenerateReader.ReadId(bytes), GenerateReader.ReadEmbed(bytes, session.model!.Vocabulary, session.Embedder.MaxTokens))));
                break;
            case FrameType.Cancel:
                scheduler?.Cancel(GenerateReader.ReadId(payload));
                break;
            case FrameType.Probe when probe is not null:
                probe.Write(writer);
                break;
            default:
                throw new FrameFormatException(4, "type", $"{(byte)type} is not known");
        }
    }

    void TryAdd(ReadOnlySpan<byte> payload, RequestHandler add)
    {
        try
        {
            add(this, payload);
        }
        catch (EngineException e)
        {
            WorkerFrames.WriteFailed(writer, GenerateReader.ReadId(payload), e.Code);
        }
    }

    bool Receive(bool wait)
    {
        var read = channel.Read(inbound.Room(), wait);
        if (read > 0)
        {
            inbound.Received(read);
        }

        return read != 0;
    }

    bool Flush()
    {
        var sent = channel.Write(writer.Written);
        writer.Clear();
        return sent;
    }

    delegate void RequestHandler(WorkerSession session, ReadOnlySpan<byte> payload);
}
