using System.Text.Unicode;
using Amnion.Inference.Confinement;
using Amnion.Inference.Protocol;
using Amnion.Inference.Worker;

namespace Amnion.Inference.Pool;

/// <summary>What arrives from the worker: hostile until checked.</summary>
sealed partial class WorkerClient
{
    /// <summary>Bytes of text in one frame; a token has tens, what the worker gathers a few hundred.</summary>
    const int MaxText = 64 * 1024;

    const int MaxProbeAttempts = 64;

    void Receive()
    {
        var inbound = new FrameBuffer(FrameBuffer.MaxFromWorker);
        try
        {
            int read;
            while ((read = channel.Read(inbound.Room(), wait: true)) > 0)
            {
                inbound.Received(read);
                Volatile.Write(ref lastFrame, time.GetTimestamp());
                while (inbound.TryTake(out var type, out var payload))
                {
                    Take(type, payload);
                    inbound.Release(payload.Length);
                }
            }
        }
        catch (FrameFormatException)
        {
            Kill(InferenceCodes.WorkerViolatedProtocol);
        }

        End();
    }

    /// <summary>The socket is closed, which a worker's death does; one that merely closed it is killed too.</summary>
    void End()
    {
        _ = process.Reap();
        PendingRequest[] owed;
        string code;
        lock (gate)
        {
            code = deathCode ??= info is null ? InferenceCodes.WorkerStartFailed : InferenceCodes.WorkerDied;
            owed = [.. pending.Values];
            pending.Clear();
            probe?.TrySetException(new InferenceException(code, "The worker ended."));
        }

        watchdog.Dispose();
        sender.Dispose();
        channel.Dispose();
        loaded.TrySetException(new InferenceException(code, "The worker ended before it was ready."));
        exited.TrySetResult();
        foreach (var request in owed)
        {
            request.Fail(code);
            request.Ended?.Invoke();
        }
    }

    void Take(FrameType type, ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        switch (type)
        {
            case FrameType.Loaded when info is null:
                TakeLoaded(LoadedFrame.Parse(payload));
                break;
            case FrameType.Failed when info is null:
                TakeNotLoaded(ref reader);
                break;
            case FrameType.Text when info is not null:
                TakeText(ref reader);
                break;
            case FrameType.Done when info is not null:
                TakeDone(ref reader);
                break;
            case FrameType.Embedding when info is not null:
                TakeEmbedding(ref reader);
                break;
            case FrameType.Failed:
                TakeFailed(ref reader);
                break;
            case FrameType.Alive when info is not null:
                reader.End();
                break;
            case FrameType.ProbeResult when probe is not null:
                TakeProbe(ref reader);
                break;
            default:
                throw new FrameFormatException(4, "type", $"{(byte)type} is not expected here");
        }
    }

    void TakeLoaded(LoadedFrame frame)
    {
        confinement = CheckConfinement(frame);
        if (!confinement.IsComplete && !options.AllowMissingLayers)
        {
            var missing = confinement.Layers.First(l => l.Required && l.State == ConfinementState.Missing);
            Kill(InferenceCodes.ConfinementMissing);
            loaded.TrySetException(new InferenceException(InferenceCodes.ConfinementMissing, $"The worker's layer '{missing.Name}' is missing: {missing.Reason}."));
            return;
        }

        info = frame.Info;
        loaded.TrySetResult();
    }

    /// <summary>The worker has parsed a hostile model when it says what it put on itself, so the kernel is asked.</summary>
    ConfinementReport CheckConfinement(LoadedFrame frame)
    {
        var status = ProcessStatus.Read(process.Id);
        var layers = launchLayers.Select(l => l.State == ConfinementState.Missing ? l : l.Name switch
        {
            ConfinementReport.NoNewPrivileges => Checked(l, status?.NoNewPrivileges, "the kernel says NoNewPrivs is 0"),
            ConfinementReport.Capabilities => Checked(l, status is { } s ? s.Capabilities == 0 : null, "the kernel says it has capabilities"),
            _ => l,
        }).ToList();
        var limits = ConfinementReport.Layer(ConfinementReport.ResourceLimits, true, Errno("prlimit", frame.LimitsErrno));
        layers.Add(Checked(limits, SelfLimits.Hold(process.Id), "a limit is not in force"));
        layers.Add(ConfinementReport.Layer(ConfinementReport.NotDumpable, true, Errno("prctl", frame.DumpableErrno)));
        var calls = ConfinementReport.Layer(ConfinementReport.SystemCalls, true, Errno("seccomp", frame.SystemCallsErrno));
        layers.Add(Checked(calls, status?.Filtered, "the kernel says a thread has no filter"));
        layers.Add(ConfinementReport.Layer(ConfinementReport.SealedWeights, true, null));
        return new ConfinementReport([.. layers]);
    }

    static ConfinementLayer Checked(ConfinementLayer layer, bool? holds, string otherwise) =>
        layer.State == ConfinementState.Missing || holds == true
            ? layer
            : layer with { State = ConfinementState.Missing, Reason = holds is null ? "/proc cannot be read to check it" : otherwise };

    static string? Errno(string call, int errno) => errno == 0 ? null : $"{call} failed with errno {errno}";

    void TakeNotLoaded(ref FrameReader reader)
    {
        _ = reader.Int32("id", 0, 0);
        var code = FailureCodes.ToCode((FailureCode)reader.Byte("code"));
        reader.End();
        Kill(code);
        loaded.TrySetException(new InferenceException(code, "The worker could not load."));
    }

    void TakeText(ref FrameReader reader)
    {
        var id = reader.UInt32("id");
        var generation = Find<PendingGeneration>(id);
        var tokens = reader.Int32("tokens", 0, generation.MaxTokens);
        var text = reader.Bytes("text", MaxText);
        reader.End();
        if (text.IsEmpty || !Utf8.IsValid(text))
        {
            throw new FrameFormatException(8, "text", "is empty or not well-formed UTF-8");
        }

        if (!generation.TryAddText(text.ToArray(), tokens))
        {
            throw new FrameFormatException(0, "id", "more text than tokens were asked for");
        }
    }

    void TakeDone(ref FrameReader reader)
    {
        var id = reader.UInt32("id");
        var reason = (FinishReason)reader.Byte("reason");
        var generation = Find<PendingGeneration>(id);
        var promptTokens = reader.Int32("prompt tokens", 0, WorkerOptions.MaxContextTokens);
        var completionTokens = reader.Int32("completion tokens", 0, generation.MaxTokens);
        reader.End();
        if (!Enum.IsDefined(reason) || (reason == FinishReason.Cancelled && !generation.Abandoned))
        {
            throw new FrameFormatException(4, "reason", $"{(byte)reason} is not possible here");
        }

        Remove(id);
        generation.Complete(new GenerationEvent.Completed(reason, promptTokens, completionTokens));
        generation.Ended?.Invoke();
    }

    void TakeEmbedding(ref FrameReader reader)
    {
        var id = reader.UInt32("id");
        var promptTokens = reader.Int32("prompt tokens", 0, WorkerOptions.MaxBatchTokens);
        var length = reader.Int32("length", 1, FrameBuffer.MaxEmbedding);
        var vector = new float[length];
        for (var i = 0; i < length; i++)
        {
            vector[i] = reader.Single("value");
            if (!float.IsFinite(vector[i]))
            {
                throw new FrameFormatException(12 + (4 * i), "value", "is not finite");
            }
        }

        reader.End();
        var embedding = Find<PendingEmbedding>(id);
        Remove(id);
        embedding.Complete(new EmbeddingResult(vector, promptTokens));
        embedding.Ended?.Invoke();
    }

    void TakeFailed(ref FrameReader reader)
    {
        var id = reader.UInt32("id");
        var code = FailureCodes.ToCode((FailureCode)reader.Byte("code"));
        reader.End();
        var request = Find<PendingRequest>(id);
        Remove(id);
        request.Fail(code);
        request.Ended?.Invoke();
    }

    void TakeProbe(ref FrameReader reader)
    {
        var results = new Dictionary<ProbeAttempt, int>();
        var count = reader.Int32("attempts", 0, MaxProbeAttempts);
        for (var i = 0; i < count; i++)
        {
            results[(ProbeAttempt)reader.Byte("attempt")] = reader.Int32("errno", 0, 4095);
        }

        reader.End();
        probe!.TrySetResult(results);
    }

    T Find<T>(uint id)
        where T : PendingRequest
    {
        lock (gate)
        {
            return pending.GetValueOrDefault(id) as T ?? throw new FrameFormatException(0, "id", "no such request");
        }
    }

    void Remove(uint id)
    {
        lock (gate)
        {
            pending.Remove(id);
        }
    }
}
