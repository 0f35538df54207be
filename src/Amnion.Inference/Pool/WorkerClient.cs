using Amnion.Inference.Linux;
using Amnion.Inference.Protocol;
using Amnion.Inference.Worker;

namespace Amnion.Inference.Pool;

/// <summary>
/// The parent's end of one worker. Requests go out through a sender thread, frames come in on a reader thread; nothing
/// the worker sends is believed without a check, and the first thing wrong kills it. A dead worker never serves again.
/// </summary>
sealed partial class WorkerClient : IDisposable
{
    readonly WorkerOptions options;
    readonly SpawnedProcess process;
    readonly UnixChannel channel;
    readonly FrameSender sender;
    readonly TimeProvider time;
    readonly IReadOnlyList<ConfinementLayer> launchLayers;
    readonly Lock gate = new();
    readonly Dictionary<uint, PendingRequest> pending = [];
    readonly FrameWriter writer = new();
    readonly TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ITimer watchdog;
    TaskCompletionSource<IReadOnlyDictionary<ProbeAttempt, int>>? probe;
    EngineInfo? info;
    ConfinementReport? confinement;
    string? deathCode;
    long lastFrame;
    uint lastId;

    WorkerClient(WorkerOptions options, LaunchedWorker launched, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        process = launched.Process;
        channel = launched.Channel;
        launchLayers = launched.Layers;
        lastFrame = time.GetTimestamp();
        sender = new FrameSender(channel, $"worker {process.Id} sender");
        new Thread(Receive) { IsBackground = true, Name = $"worker {process.Id} reader" }.Start();
        var every = TimeSpan.FromTicks(Math.Max(options.StallTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond));
        watchdog = time.CreateTimer(static state => ((WorkerClient)state!).CheckStall(), this, every, every);
    }

    public int ProcessId => process.Id;

    public EngineInfo Info => info ?? throw new InvalidOperationException("The worker is not loaded.");

    public ConfinementReport Confinement => confinement ?? throw new InvalidOperationException("The worker is not loaded.");

    /// <summary>Completes when the process is reaped: its memory is gone.</summary>
    public Task Exited => exited.Task;

    public bool IsDead
    {
        get
        {
            lock (gate)
            {
                return deathCode is not null;
            }
        }
    }

    /// <summary>Starts a worker and waits until it has loaded the model and its confinement is checked; the cache is allocated now or at the first request.</summary>
    public static async Task<WorkerClient> StartAsync(WorkerOptions options, WeightsMemory weights, bool prepare, TimeProvider time, CancellationToken cancellationToken)
    {
        LaunchedWorker launched;
        try
        {
            launched = WorkerLauncher.Launch(options, weights);
        }
        catch (IOException e)
        {
            throw new InferenceException(InferenceCodes.WorkerStartFailed, "The worker could not be launched.", e);
        }

        var client = new WorkerClient(options, launched, time);
        try
        {
            client.SendLoad(prepare);
            await client.loaded.Task.WaitAsync(options.StartTimeout, time, cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch (TimeoutException)
        {
            client.Dispose();
            throw new InferenceException(InferenceCodes.WorkerStartFailed, $"The worker did not load within {options.StartTimeout}.");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a generation; false where the worker is dead.</summary>
    public bool TrySubmit(GenerationRequest request, PendingGeneration generation, out uint id)
    {
        lock (gate)
        {
            if (!TryRegister(generation, out id))
            {
                return false;
            }

            RequestFrames.WriteGenerate(writer, id, request);
            sender.Send(writer.Take());
            return true;
        }
    }

    /// <summary>Sends a text to embed; false where the worker is dead.</summary>
    public bool TrySubmit(EmbeddingRequest request, PendingEmbedding embedding, out uint id)
    {
        lock (gate)
        {
            if (!TryRegister(embedding, out id))
            {
                return false;
            }

            RequestFrames.WriteEmbed(writer, id, request);
            sender.Send(writer.Take());
            return true;
        }
    }

    /// <summary>Drops the rest of a request. The worker still ends it.</summary>
    public void Cancel(uint id)
    {
        lock (gate)
        {
            if (deathCode is null && pending.TryGetValue(id, out var request) && !request.Abandoned)
            {
                request.Abandoned = true;
                RequestFrames.WriteCancel(writer, id);
                sender.Send(writer.Take());
            }
        }
    }

    /// <summary>Makes the worker try what it must not do; each attempt's errno.</summary>
    public Task<IReadOnlyDictionary<ProbeAttempt, int>> ProbeAsync()
    {
        lock (gate)
        {
            probe = new TaskCompletionSource<IReadOnlyDictionary<ProbeAttempt, int>>(TaskCreationOptions.RunContinuationsAsynchronously);
            RequestFrames.WriteEmpty(writer, FrameType.Probe);
            sender.Send(writer.Take());
            return probe.Task;
        }
    }

    /// <summary>Ends the process now; its requests fail with the code.</summary>
    public void Kill(string code)
    {
        lock (gate)
        {
            deathCode ??= code;
        }

        process.Kill();
    }

    public void Dispose()
    {
        Kill(InferenceCodes.EngineClosed);
        watchdog.Dispose();
    }

    bool TryRegister(PendingRequest request, out uint id)
    {
        id = 0;
        if (deathCode is not null)
        {
            return false;
        }

        if (pending.Count == 0)
        {
            lastFrame = time.GetTimestamp();
        }

        do
        {
            id = ++lastId;
        }
        while (id == 0 || pending.ContainsKey(id));

        pending.Add(id, request);
        return true;
    }

    void SendLoad(bool prepare)
    {
        lock (gate)
        {
            new LoadFrame
            {
                EngineDirectory = options.EngineDirectory,
                ContextTokens = options.ContextTokens,
                SequenceTokens = options.SequenceTokens,
                MaxSequences = options.MaxSequences,
                BatchTokens = options.BatchTokens,
                EmbeddingTokens = options.EmbeddingTokens,
                Threads = options.Threads,
                Pooling = options.Pooling,
                Prepare = prepare,
                AllowProbe = options.DangerousAllowProbe,
            }.Write(writer);
            sender.Send(writer.Take());
        }
    }

    void CheckStall()
    {
        bool stalled;
        lock (gate)
        {
            stalled = pending.Count > 0 && time.GetElapsedTime(lastFrame) > options.StallTimeout;
        }

        if (stalled)
        {
            Kill(InferenceCodes.WorkerStalled);
        }
    }
}
