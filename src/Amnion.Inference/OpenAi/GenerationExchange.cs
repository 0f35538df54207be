using System.Text;

namespace Amnion.Inference.OpenAi;

/// <summary>One generation: a request to the workload's server and the events of its answer, judged one by one. The connection ends with it.</summary>
sealed class GenerationExchange : IAsyncDisposable
{
    readonly WorkloadClient _client;
    readonly OpenAiOptions _options;
    readonly GenerationRequest _request;
    readonly CancellationToken _caller;
    readonly CancellationTokenSource _stall;
    readonly CancellationTokenSource _total;
    readonly CancellationTokenSource _ended;
    readonly CallAssembly _calls;
    readonly Queue<GenerationEvent> _ready = new();
    HttpResponseMessage? _response;
    EventReader? _events;
    FinishReason? _finish;
    (int Prompt, int Completion)? _usage;
    long _textBytes;
    long _eventCount;
    int _pieces;
    bool _done;

    public GenerationExchange(WorkloadClient client, OpenAiOptions options, GenerationRequest request, TimeProvider time, CancellationToken caller)
    {
        _client = client;
        _options = options;
        _request = request;
        _caller = caller;
        _calls = new CallAssembly(request.Conversation);
        _stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _total = new CancellationTokenSource(options.AnswerWithin, time);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(caller, _stall.Token, _total.Token);
    }

    bool IsChat => _request.Conversation is not null;

    /// <summary>The next event; null after the last one.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<GenerationEvent?> NextAsync()
    {
        while (true)
        {
            if (_ready.TryDequeue(out var ready))
            {
                return ready;
            }

            if (_done)
            {
                return null;
            }

            try
            {
                await AdvanceAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
            {
                Fail(InferenceCodes.WorkloadStalled);
            }
            catch (Exception e) when (WorkloadClient.CodeOf(e) is not null)
            {
                // Where the caller's leaving closed the connection, that is what happened.
                _caller.ThrowIfCancellationRequested();
                Fail(WorkloadClient.CodeOf(e)!);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        // Closing the connection is what tells the server to stop.
        _events?.Dispose();
        _response?.Dispose();
        _ended.Dispose();
        _total.Dispose();
        _stall.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task AdvanceAsync()
    {
        if (_events is null)
        {
            _stall.CancelAfter(_options.FirstEventWithin);
            var body = _request.Conversation is { } conversation ? RequestWriter.Chat(_request, conversation, _options.Model) : RequestWriter.Completion(_request, _options.Model);
            _response = await _client.PostAsync(IsChat ? "/v1/chat/completions" : "/v1/completions", body, "text/event-stream", _ended.Token).ConfigureAwait(false);
            var stream = await _response.Content.ReadAsStreamAsync(_ended.Token).ConfigureAwait(false);
            _events = new EventReader(stream, OpenAiLimits.EventBytes, OpenAiLimits.StreamBytes(_request.MaxTokens));
        }

        if (await _events.NextAsync(_ended.Token).ConfigureAwait(false) is not { } data || data.Span.SequenceEqual("[DONE]"u8))
        {
            Complete();
            return;
        }

        if (++_eventCount > OpenAiLimits.Events(_request.MaxTokens))
        {
            throw WorkloadException.Violation();
        }

        _stall.CancelAfter(_options.EventWithin);
        Take(AnswerPartReader.Read(data, IsChat));
    }

    void Take(AnswerPart part)
    {
        _usage = part.Usage ?? _usage;
        if (_finish is not null && (part.Text.Length > 0 || part.Calls.Length > 0 || part.Finish is not null))
        {
            // It said before that the answer is whole.
            throw WorkloadException.Violation();
        }

        _calls.Add(part.Calls);
        _finish = part.Finish ?? _finish;
        if (part.Text.Length > 0)
        {
            var utf8 = Encoding.UTF8.GetBytes(part.Text);
            _textBytes += utf8.Length;
            if (_textBytes > OpenAiLimits.TextBytes(_request.MaxTokens))
            {
                throw WorkloadException.Violation();
            }

            _pieces++;
            _ready.Enqueue(new GenerationEvent.Text(utf8, 1));
        }
    }

    void Complete()
    {
        // The stream ended, and no finish reason was given: the answer broke off.
        if (_finish is not { } finish)
        {
            throw new WorkloadException(InferenceCodes.WorkloadFailed);
        }

        foreach (var call in _calls.Complete())
        {
            _ready.Enqueue(call);
        }

        var (prompt, completion) = _usage ?? (0, _pieces);
        _ready.Enqueue(new GenerationEvent.Completed(finish, Math.Min(prompt, RequestLimits.PromptBytes), Math.Min(completion, _request.MaxTokens)));
        _done = true;
    }

    void Fail(string code)
    {
        _ready.Clear();
        _ready.Enqueue(new GenerationEvent.Failed(code));
        _done = true;
    }
}
