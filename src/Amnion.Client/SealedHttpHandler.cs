using System.Net;
using System.Net.Http.Headers;
using Amnion.Records.Telemetry;
using Amnion.Sealing;

namespace Amnion.Client;

/// <summary>
/// An HTTP handler whose requests go to the enclave sealed and nowhere else: it verifies the enclave, seals the whole request
/// (method, path, headers, body) as chunked OHTTP, opens the answer as it streams, and checks the receipt at its end. It never
/// follows a redirect and never falls back to plain text. A request is sealed anew only to another keyset than the one that refused it.
/// </summary>
public sealed class SealedHttpHandler : HttpMessageHandler
{
    readonly AmnionClientOptions _options;
    readonly HttpClient _http;
    readonly EnclaveVerifier _verifier;
    readonly SemaphoreSlim _verifying = new(1, 1);
    VerifiedEnclave? _enclave;

    /// <summary>Creates a handler; nothing is sent yet.</summary>
    public SealedHttpHandler(AmnionClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
#pragma warning disable CA2000 // The client owns the handler it is given.
        var transport = options.Transport ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
#pragma warning restore CA2000
        _http = new HttpClient(transport, disposeHandler: options.Transport is null) { Timeout = Timeout.InfiniteTimeSpan };
        _verifier = new EnclaveVerifier(_http, options);
    }

    /// <summary>The enclave requests are sealed to, verified now where no verified one is at hand.</summary>
    /// <exception cref="AmnionClientException">The policy refuses it, or the relay does not answer.</exception>
    public Task<VerifiedEnclave> VerifyAsync(CancellationToken cancellation) => VerifiedAsync(null, cancellation);

    /// <summary>As <see cref="HttpMessageHandler.SendAsync"/>, for a proxy that has a request already.</summary>
    /// <exception cref="AmnionClientException">Anything that is not an authentic answer to this request.</exception>
    public Task<HttpResponseMessage> ForwardAsync(HttpRequestMessage request, CancellationToken cancellation) => SendAsync(request, cancellation);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = _options.Time.GetTimestamp();
        var plain = await SealedRequestContent.EncodeAsync(request, _options.ApiKey, cancellationToken).ConfigureAwait(false);
        try
        {
            var enclave = await VerifiedAsync(null, cancellationToken).ConfigureAwait(false);
            try
            {
                return await ExchangeAsync(request, enclave, plain, started, cancellationToken).ConfigureAwait(false);
            }
            catch (AmnionClientException e) when (e.Code == ClientCodes.RequestRefused)
            {
                // The refusal is the relay's word alone: it could let the enclave answer and say this to have the request answered again. Its
                // reason shows in fresh Evidence: the keys rotated, or it is another enclave now. With the same keyset nothing is sent again.
                var refused = enclave.Bundle.Keyset.ComputeDigest();
                enclave = await VerifiedAsync(enclave, cancellationToken).ConfigureAwait(false);
                if (enclave.Bundle.Keyset.ComputeDigest() == refused)
                {
                    throw;
                }

                return await ExchangeAsync(request, enclave, plain, started, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (AmnionClientException e)
        {
            _options.OnTelemetry?.Invoke(new TelemetryEvent(Hop.Proxy, TelemetryKind.Refused, e.Code == ClientCodes.RelayUnavailable ? TelemetryOutcome.Failed : TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, 1));
            throw;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _http.Dispose();
            _verifying.Dispose();
        }

        base.Dispose(disposing);
    }

    async Task<VerifiedEnclave> VerifiedAsync(VerifiedEnclave? refused, CancellationToken cancellation)
    {
        if (Current(refused) is { } current)
        {
            return current;
        }

        await _verifying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Current(refused) is { } verifiedMeanwhile)
            {
                return verifiedMeanwhile;
            }

            _enclave = null;
            _enclave = await _verifier.VerifyAsync(cancellation).ConfigureAwait(false);
            _options.OnTelemetry?.Invoke(new TelemetryEvent(Hop.Proxy, TelemetryKind.Appraisal, TelemetryOutcome.Ok, TelemetryEvent.NoCorrelation, 1));
            return _enclave;
        }
        catch (AmnionClientException e) when (e.Code == ClientCodes.EvidenceRefused)
        {
            _options.OnTelemetry?.Invoke(new TelemetryEvent(Hop.Proxy, TelemetryKind.Appraisal, TelemetryOutcome.Refused, TelemetryEvent.NoCorrelation, 0));
            throw;
        }
        finally
        {
            _verifying.Release();
        }
    }

    VerifiedEnclave? Current(VerifiedEnclave? refused)
    {
        var enclave = Volatile.Read(ref _enclave);
        return enclave is not null && !ReferenceEquals(enclave, refused) && enclave.Until > _options.Time.GetUtcNow() ? enclave : null;
    }

    async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, VerifiedEnclave enclave, byte[] plain, long started, CancellationToken cancellation)
    {
        var sealing = SealedExchange.Seal(enclave, plain);
        HttpResponseMessage? relayed = null;
        SealedResponseStream? stream = null;
        try
        {
            relayed = await PostAsync(sealing.Request, cancellation).ConfigureAwait(false);
            await RequireSealedAsync(relayed, cancellation).ConfigureAwait(false);
            stream = new SealedResponseStream(await relayed.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), relayed, sealing, enclave, _options, started);
            var head = await stream.ReadHeadAsync(cancellation).ConfigureAwait(false);
            return Response(request, head, stream);
        }
        catch (HttpRequestException e)
        {
            stream?.Dispose();
            relayed?.Dispose();
            sealing.Dispose();
            throw new AmnionClientException(ClientCodes.RelayUnavailable, $"The relay at {_options.Relay} does not answer ({e.HttpRequestError}).", inner: e);
        }
        catch
        {
            // boundary: whatever ended the exchange, its keys are erased before the error goes on.
            stream?.Dispose();
            relayed?.Dispose();
            sealing.Dispose();
            throw;
        }
    }

    // A kept connection may have died with a relay that was restarted. The same sealed bytes are sent once more: the enclave
    // remembers each request it opened and refuses it the second time, so that nothing is answered twice.
    async Task<HttpResponseMessage> PostAsync(byte[] request, CancellationToken cancellation)
    {
        try
        {
            return await PostOnceAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return await PostOnceAsync(request, cancellation).ConfigureAwait(false);
        }
    }

    async Task<HttpResponseMessage> PostOnceAsync(byte[] request, CancellationToken cancellation)
    {
        using var outgoing = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.Relay, "ohttp")) { Content = new ByteArrayContent(request) };
        outgoing.Content.Headers.ContentType = new MediaTypeHeaderValue(OhttpMediaTypes.ChunkedRequest);
        outgoing.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(OhttpMediaTypes.ChunkedResponse));
        return await _http.SendAsync(outgoing, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
    }

    static async Task RequireSealedAsync(HttpResponseMessage relayed, CancellationToken cancellation)
    {
        if (relayed.StatusCode == HttpStatusCode.OK)
        {
            if (relayed.Content.Headers.ContentType?.MediaType == OhttpMediaTypes.ChunkedResponse)
            {
                return;
            }

            throw new AmnionClientException(ClientCodes.AnswerNotSealed, "The relay answered 200 with something that is no sealed answer. It is not from the enclave and was not used.");
        }

        if ((int)relayed.StatusCode is >= 300 and < 400)
        {
            throw new AmnionClientException(ClientCodes.AnswerNotSealed, "The relay answered with a redirect, which is never followed.");
        }

        var code = await Problem.CodeOfAsync(relayed, cancellation).ConfigureAwait(false);

        // 422: no live key has that id. 400: it has, and the request does not open, which is how a restarted enclave's new key under an
        // old id looks (RFC 9458 §5.3). An honest relay says so where the enclave processed nothing; nothing proves that it is honest.
        throw relayed.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest
            ? new AmnionClientException(ClientCodes.RequestRefused, "The relay says that the enclave did not open the request (its keys may have rotated).", code)
            : new AmnionClientException(ClientCodes.RelayUnavailable, $"The relay answered {(int)relayed.StatusCode}.", code);
    }

    static HttpResponseMessage Response(HttpRequestMessage request, SealedResponseHead head, SealedResponseStream stream)
    {
        var response = new HttpResponseMessage((HttpStatusCode)head.Status) { RequestMessage = request, Content = new StreamContent(stream) };
        foreach (var (name, value) in head.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        response.Headers.TryAddWithoutValidation("amnion-receipt-id", head.ReceiptId);
        return response;
    }
}
