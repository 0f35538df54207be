using Amnion.Enclave.Api;
using Amnion.Enclave.Config;
using Amnion.Enclave.Telemetry;
using Amnion.Enclave.Time;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;
using Amnion.Sealing;

namespace Amnion.Enclave.Endpoint;

/// <summary>One sealed exchange: request frames in, opened, answered by the API, answer frames out with the receipt in the last chunk.</summary>
sealed class SealedEndpoint(RequestOpener opener, ApiRouter router, ConfigurationStore configuration, ReceiptFactory receipts, EvidenceClock clock, TelemetryLog telemetry)
{
    // All requests together; each may be up to FrameLimits.SealedRequest.
    const long MaxHeld = 128L * 1024 * 1024;

    readonly RequestBody.Budget _budget = new(MaxHeld);

    /// <summary>Serves an exchange whose first frame was read.</summary>
    /// <exception cref="EnclaveRefusedException">The request does not open.</exception>
    public async Task ServeAsync(FrameStream frames, Frame first, CancellationToken cancellation)
    {
        var started = clock.Monotonic.GetTimestamp();
        using var request = await ReceiveAsync(frames, first, cancellation).ConfigureAwait(false);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync(frames, leaving);
        var outcome = TelemetryOutcome.Failed;
        try
        {
            outcome = await AnswerAsync(frames, request, leaving.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException && leaving.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            outcome = TelemetryOutcome.Cancelled;
        }
        finally
        {
            telemetry.Add(TelemetryKind.Exchange, outcome, request.Id, TelemetryEvent.Bucket(clock.Monotonic.GetElapsedTime(started)));
            await leaving.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    async Task<SealedRequest> ReceiveAsync(FrameStream frames, Frame first, CancellationToken cancellation)
    {
        using var body = new RequestBody(_budget, FrameLimits.SealedRequest);
        for (var frame = first; frame.Type != FrameType.RequestEnd;)
        {
            if (frame.Type != FrameType.RequestData)
            {
                throw new EnclaveRefusedException(EnclaveCodes.Frame);
            }

            body.Append(frame.Payload.Span);
            frame = await frames.ReadAsync(cancellation).ConfigureAwait(false) ?? throw new EnclaveRefusedException(EnclaveCodes.RequestMalformed);
        }

        return opener.Open(body.Bytes);
    }

    /// <summary>The host says nothing more in an exchange: whatever comes, and the end of the connection, means that the caller left.</summary>
    static async Task WatchAsync(FrameStream frames, CancellationTokenSource leaving)
    {
        try
        {
            _ = await frames.ReadAsync(leaving.Token).ConfigureAwait(false);
            await leaving.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or FrameFormatException)
        {
            await leaving.CancelAsync().ConfigureAwait(false);
        }
    }

    async Task<TelemetryOutcome> AnswerAsync(FrameStream frames, SealedRequest request, CancellationToken cancellation)
    {
        var admitted = configuration.Current;
        using var answer = new SealedAnswer(frames, request, (returned, usage, verdicts) => receipts.Create(request, returned, usage, verdicts, admitted?.Release.Version ?? 0), cancellation);
        var usage = default(TokenUsage);
        try
        {
            var http = BinaryHttpRequest.Parse(request.Plaintext, FrameLimits.SealedRequest);
            usage = await router.AnswerAsync(request, http, admitted, answer, cancellation).ConfigureAwait(false);
        }
        catch (BinaryHttpFormatException)
        {
            await ErrorAsync(answer, ApiError.MalformedHttp).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await ErrorAsync(answer, e.Error).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException or ObjectDisposedException) && !answer.HasHead)
        {
            // The request's own boundary: the caller gets an answer, the host a counter, and nobody the exception's text.
            await ErrorAsync(answer, ApiError.Internal).ConfigureAwait(false);
        }

        await answer.EndAsync(usage).ConfigureAwait(false);
        telemetry.Count(TelemetryCounter.Answers);
        telemetry.Count(TelemetryCounter.Tokens, (long)usage.Prompt + usage.Completion);
        return Judge(answer.Status);
    }

    TelemetryOutcome Judge(int status)
    {
        switch (status)
        {
            case >= 500:
                telemetry.Count(TelemetryCounter.Failures);
                return TelemetryOutcome.Failed;
            case >= 400:
                telemetry.Count(TelemetryCounter.CallerErrors);
                return TelemetryOutcome.CallerError;
            default:
                return TelemetryOutcome.Ok;
        }
    }

    static async ValueTask ErrorAsync(SealedAnswer answer, ApiError error)
    {
        using var buffer = new AnswerBuffer();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer, ApiJson.Options))
        {
            error.Write(json);
        }

        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            answer.Head(error.Status, ("content-type", "application/json"), ("retry-after", seconds));
        }
        else
        {
            answer.Head(error.Status, ("content-type", "application/json"));
        }

        await answer.JsonAsync(buffer).ConfigureAwait(false);
    }
}
