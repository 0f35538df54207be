using System.Security.Cryptography;
using System.Text;
using Amnion.Enclave.Api;
using Amnion.Guard.Pipeline;
using Amnion.Inference;

namespace Amnion.Enclave.Endpoint;

/// <summary>
/// Drives one generation: engine events in, the API's shape out, sealed in chunks. What is ready at once goes into one chunk. The
/// status is chosen with the first output, so that an engine that refuses is still answered with an error status.
/// </summary>
sealed class GenerationRun(AnswerWriter writer, AnswerBuffer buffer, SealedAnswer answer, GuardSession session, ToolCallScanner? scanner, bool parallelToolCalls)
{
    readonly List<ScannedOutput> _items = [];
    readonly AnswerGuard _guard = session.Answer();
    readonly Queue<(string Tool, string Arguments)> _waiting = new();
    bool _started;
    bool _callRefused;
    int _calls;

    /// <summary>True once the guard has ended the answer: by what the model said, or by what it wanted to call.</summary>
    bool IsStopped => _guard.Blocked || _callRefused;

    /// <summary>Tokens used; complete once the run ended.</summary>
    public TokenUsage Usage { get; private set; }

    /// <summary>Runs to the end and sends everything but the answer's end.</summary>
    /// <exception cref="ApiException">The engine refused before anything was sent.</exception>
    /// <exception cref="OperationCanceledException">The caller left, or the time was up.</exception>
    public async Task RunAsync(IInferenceEngine engine, GenerationRequest request, CancellationToken cancellation)
    {
        var events = engine.GenerateAsync(request, cancellation).GetAsyncEnumerator(cancellation);
        await using (events.ConfigureAwait(false))
        {
            while (true)
            {
                var next = events.MoveNextAsync();
                if (!next.IsCompleted && writer.IsStream && buffer.Length > 0)
                {
                    await FlushAsync().ConfigureAwait(false);
                }

                if (!await next.ConfigureAwait(false) || await TakeAsync(events.Current).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
    }

    /// <summary>True where the generation ended.</summary>
    async ValueTask<bool> TakeAsync(GenerationEvent happened)
    {
        switch (happened)
        {
            case GenerationEvent.Text text:
                // A lower bound that stands in where the answer breaks off; the engine's own count replaces it.
                Usage = Usage with { Completion = Usage.Completion + text.Tokens };
                Write(Encoding.UTF8.GetString(text.Utf8.Span));
                return IsStopped && await EndFilteredAsync().ConfigureAwait(false);
            case GenerationEvent.ToolCall call:
                FlushScanner();
                WriteCall(call.Name, call.ArgumentsJson);
                return IsStopped && await EndFilteredAsync().ConfigureAwait(false);
            case GenerationEvent.Completed completed:
                Usage = new TokenUsage(completed.PromptTokens, completed.CompletionTokens);
                End(completed.Reason);
                await FlushAsync().ConfigureAwait(false);
                return true;
            case GenerationEvent.Failed failed:
                await FailAsync(EngineErrors.Describe(failed.Code)).ConfigureAwait(false);
                return true;
            default:
                throw new InvalidOperationException("The engine sent an unknown event.");
        }
    }

    void Write(string text)
    {
        Start();
        if (scanner is null)
        {
            Pass(_guard.Push(text));
            return;
        }

        scanner.Push(text, _items);
        WriteItems();
    }

    void WriteItems()
    {
        foreach (var item in _items)
        {
            if (IsStopped)
            {
                break;
            }

            if (item.ToolName is null)
            {
                Pass(_guard.Push(item.Text));
            }
            else
            {
                WriteCall(item.ToolName, item.Arguments!);
            }
        }

        _items.Clear();
    }

    void Pass(string clean)
    {
        if (clean.Length > 0)
        {
            writer.Text(clean);
        }

        WriteWaiting();
    }

    void WriteCall(string tool, string arguments)
    {
        if (IsStopped || (_calls > 0 && !parallelToolCalls))
        {
            return;
        }

        if (session.PassCall(tool, arguments) is not { } passed)
        {
            _callRefused = true;
            return;
        }

        _calls++;
        _waiting.Enqueue((tool, passed));
        WriteWaiting();
    }

    // A call does not overtake what was said before it: the guard may still hold that, and end the answer for it.
    void WriteWaiting()
    {
        while (!_guard.Blocked && !_guard.IsHolding && _waiting.TryDequeue(out var call))
        {
            writer.ToolCall("call_" + RandomNumberGenerator.GetHexString(24, lowercase: true), call.Tool, call.Arguments);
        }
    }

    void FlushScanner()
    {
        Start();
        if (scanner is not null)
        {
            scanner.End(_items);
            WriteItems();
        }
    }

    void End(FinishReason reason)
    {
        FlushScanner();
        Pass(_guard.Complete());
        writer.End(IsStopped ? AnswerEnd.Filtered : reason == FinishReason.Length ? AnswerEnd.Length : _calls > 0 ? AnswerEnd.ToolCalls : AnswerEnd.Stop, Usage);
    }

    // The engine is stopped by leaving its events; what it made so far stays counted.
    async ValueTask<bool> EndFilteredAsync()
    {
        Pass(_guard.Complete());
        writer.End(AnswerEnd.Filtered, Usage);
        await FlushAsync().ConfigureAwait(false);
        return true;
    }

    async ValueTask FailAsync(ApiError error)
    {
        // What was found until here belongs into the receipt; what is held does not leave.
        _ = _guard.Complete();

        // An answer in one piece has sent nothing yet, and neither has a stream before its first output.
        if (!answer.HasHead)
        {
            buffer.Clear();
            throw new ApiException(error);
        }

        writer.Fail(error);
        await FlushAsync().ConfigureAwait(false);
    }

    void Start()
    {
        if (!_started)
        {
            _started = true;
            writer.Start();
        }
    }

    async ValueTask FlushAsync()
    {
        if (!answer.HasHead)
        {
            answer.Head(200, ("content-type", writer.IsStream ? "text/event-stream; charset=utf-8" : "application/json"));
        }

        if (writer.IsStream)
        {
            await answer.EventsAsync(buffer).ConfigureAwait(false);
        }
        else
        {
            await answer.JsonAsync(buffer).ConfigureAwait(false);
        }
    }
}
