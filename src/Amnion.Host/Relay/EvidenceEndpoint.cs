using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Amnion.Records;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Amnion.Host.Relay;

/// <summary>Hands out Evidence over a caller's nonce, and the keys alone for clients that know how to get Evidence themselves.</summary>
sealed class EvidenceEndpoint(Func<EnclaveView> enclave, RelayMetrics metrics, RelayOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Keys handed out without Evidence may be this old.</summary>
    static readonly TimeSpan KeysLife = TimeSpan.FromSeconds(10);

    readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.EvidenceBurst,
        TokensPerPeriod = options.EvidencePerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    readonly SemaphoreSlim _keysLock = new(1, 1);
    byte[] _keys = [];
    long _keysAt;
    int _keysOf = -1;

    /// <summary>GET /.well-known/amnion/evidence?nonce=….</summary>
    internal async Task EvidenceAsync(HttpContext context)
    {
        var outcome = TelemetryOutcome.Failed;
        try
        {
            outcome = await AnswerAsync(context).ConfigureAwait(false);
        }
        finally
        {
            metrics.Evidence(outcome);
        }
    }

    /// <summary>GET /.well-known/ohttp-keys. RFC 9458 §3.</summary>
    internal async Task KeysAsync(HttpContext context)
    {
        if (enclave() is not { Connection: { } connection } view)
        {
            await Problem.NotReady.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            var keys = await KeysOfAsync(view, connection, context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, OhttpKeys.MediaType, keys).ConfigureAwait(false);
        }
        catch (FrameFailedException e)
        {
            await Problem.Of(e).WriteAsync(context).ConfigureAwait(false);
        }
        catch (EnclaveUnavailableException e)
        {
            await Problem.Of(e).WriteAsync(context).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rate.Dispose();
        _keysLock.Dispose();
    }

    async Task<TelemetryOutcome> AnswerAsync(HttpContext context)
    {
        if (!TryReadNonce(context.Request, out var nonce))
        {
            await new Problem(StatusCodes.Status400BadRequest, "The nonce must be 16 to 64 bytes in base64url without padding.", HostCodes.BadNonce).WriteAsync(context).ConfigureAwait(false);
            return TelemetryOutcome.CallerError;
        }

        if (enclave().Connection is not { } connection)
        {
            await Problem.NotReady.WriteAsync(context).ConfigureAwait(false);
            return TelemetryOutcome.Failed;
        }

        using var lease = _rate.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            await new Problem(StatusCodes.Status429TooManyRequests, "Too many requests for Evidence.", HostCodes.EvidenceRateLimited).WriteAsync(context).ConfigureAwait(false);
            return TelemetryOutcome.Refused;
        }

        try
        {
            await WriteAsync(context, "application/json", await connection.GetEvidenceAsync(nonce, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
            return TelemetryOutcome.Ok;
        }
        catch (FrameFailedException e)
        {
            await Problem.Of(e).WriteAsync(context).ConfigureAwait(false);
            return TelemetryOutcome.Refused;
        }
        catch (EnclaveUnavailableException e)
        {
            await Problem.Of(e).WriteAsync(context).ConfigureAwait(false);
            return TelemetryOutcome.Failed;
        }
    }

    // One request at a time asks the enclave; the others take its answer.
    async Task<byte[]> KeysOfAsync(EnclaveView view, EnclaveConnection connection, CancellationToken cancellation)
    {
        await _keysLock.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_keysOf != view.Starts || time.GetElapsedTime(_keysAt) >= KeysLife)
            {
                var evidence = await connection.GetEvidenceAsync(RandomNumberGenerator.GetBytes(EvidenceBinding.MinNonceLength), cancellation).ConfigureAwait(false);
                _keys = OhttpKeys.Encode(EvidenceBundle.Parse(evidence).Keyset);
                _keysAt = time.GetTimestamp();
                _keysOf = view.Starts;
            }

            return _keys;
        }
        catch (RecordFormatException e)
        {
            throw EnclaveConnection.Protocol(e);
        }
        finally
        {
            _keysLock.Release();
        }
    }

    static bool TryReadNonce(HttpRequest request, [NotNullWhen(true)] out byte[]? nonce)
    {
        nonce = null;
        if (request.Query["nonce"] is not [{ Length: > 0 and <= 2 * EvidenceBinding.MaxNonceLength } text] || !Base64Url.IsValid(text))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);

        // One spelling only: white space, padding and unused bits would let two strings name one nonce.
        nonce = bytes.Length is >= EvidenceBinding.MinNonceLength and <= EvidenceBinding.MaxNonceLength && Base64Url.EncodeToString(bytes) == text ? bytes : null;
        return nonce is not null;
    }

    static async Task WriteAsync(HttpContext context, string mediaType, byte[] body)
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
