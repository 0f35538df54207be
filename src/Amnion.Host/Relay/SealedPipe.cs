using Amnion.Records.Frames;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Amnion.Host.Relay;

/// <summary>Both directions of one exchange. Each waits for the slower side; either one's end ends the other.</summary>
sealed class SealedPipe(HttpContext context, SealedExchange exchange, TimeSpan idleLimit, TimeProvider time) : IDisposable
{
    readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    readonly CancellationTokenSource _idle = new(idleLimit, time);
    SealedHead _head = new();
    Problem? _badBody;

    /// <summary>The exchange's correlation id, once the request's first bytes passed.</summary>
    internal string Correlation => _head.Correlation;

    /// <summary>Runs until both directions ended.</summary>
    internal async Task<SealedEnd> RunAsync()
    {
        using var expiry = _idle.Token.Register(_stop.Cancel);
        var upload = UploadAsync();
        try
        {
            return await DownloadAsync().ConfigureAwait(false);
        }
        finally
        {
            // The exchange's buffers are pooled: nothing may still write from them when the caller disposes it.
            await _stop.CancelAsync().ConfigureAwait(false);
            await upload.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _idle.Dispose();
    }

    void Moved() => _idle.CancelAfter(idleLimit);

    async Task UploadAsync()
    {
        var body = context.Request.BodyReader;

        // Never by a token: Kestrel cannot drain a body whose read was given up, and closes a connection that the caller believes alive.
        using var stopped = _stop.Token.Register(body.CancelPendingRead);
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                try
                {
                    foreach (var piece in read.Buffer)
                    {
                        _head.Add(piece.Span);
                        await exchange.WriteAsync(piece, _stop.Token).ConfigureAwait(false);
                    }
                }
                finally
                {
                    // Also where the enclave closed early: Kestrel drains the rest, so that the caller gets to read the refusal.
                    body.AdvanceTo(read.Buffer.End);
                }

                _stop.Token.ThrowIfCancellationRequested();
                Moved();
                if (read.IsCompleted)
                {
                    await exchange.EndAsync(_stop.Token).ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (BadHttpRequestException e)
        {
            // Too long, too slow, or cut: the enclave's answer to half a request is of no use.
            _badBody = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? SealedEndpoint.TooLarge : new Problem(e.StatusCode, "The request body could not be read.", HostCodes.BadRequestBody);
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or EnclaveUnavailableException or IOException)
        {
            // The other direction knows why: the caller left, the enclave refused, or time ran out.
        }
    }

    async Task<SealedEnd> DownloadAsync()
    {
        var response = context.Response;
        var started = false;
        try
        {
            while (await exchange.ReadAsync(_stop.Token).ConfigureAwait(false) is { } data)
            {
                if (!started)
                {
                    started = true;
                    response.ContentType = SealedEndpoint.ResponseType;
                    response.Headers.CacheControl = "no-store";
                    context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
                }

                // Kestrel copies into its pipe; the flush waits where the caller reads slowly, and with it the enclave.
                await response.BodyWriter.WriteAsync(data, _stop.Token).ConfigureAwait(false);
                Moved();
            }

            return started ? new SealedEnd.Whole() : new SealedEnd.Refused(new Problem(StatusCodes.Status502BadGateway, "The enclave gave no answer.", HostCodes.EnclaveProtocol));
        }
        catch (OperationCanceledException)
        {
            return context.RequestAborted.IsCancellationRequested ? new SealedEnd.CallerLeft()
                : _badBody is { } bad ? End(started, bad)
                : End(started, new Problem(StatusCodes.Status504GatewayTimeout, "The enclave took too long.", HostCodes.EnclaveTimeout));
        }
        catch (FrameFailedException e)
        {
            return End(started, Problem.Of(e));
        }
        catch (EnclaveUnavailableException e)
        {
            return End(started, Problem.Of(e));
        }
        catch (IOException)
        {
            return new SealedEnd.CallerLeft();
        }
    }

    static SealedEnd End(bool started, Problem problem) => started ? new SealedEnd.Cut(problem.Code) : new SealedEnd.Refused(problem);
}
