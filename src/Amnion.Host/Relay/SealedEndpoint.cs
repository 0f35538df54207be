using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Amnion.Records.Frames;
using Amnion.Records.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Amnion.Host.Relay;

/// <summary>POST /ohttp: carries a sealed request in while it arrives and the sealed answer out while it is made (draft-ietf-ohai-chunked-ohttp).</summary>
sealed class SealedEndpoint(Func<EnclaveView> enclave, RelayMetrics metrics, RelayOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    internal const string RequestType = "message/ohttp-chunked-req";
    internal const string ResponseType = "message/ohttp-chunked-res";

    readonly SemaphoreSlim _slots = new(options.MostExchanges, options.MostExchanges);

    // Addresses that are silent are forgotten.
    readonly PartitionedRateLimiter<IPAddress> _rates = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.ExchangeBurstPerAddress,
            TokensPerPeriod = options.ExchangesPerSecondPerAddress,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Handles one request.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        var (outcome, correlation) = await GateAsync(context).ConfigureAwait(false);
        var duration = time.GetElapsedTime(began);
        metrics.Exchange(outcome, duration);
        RelayLog.ExchangeEnded(logger, correlation, outcome, TelemetryEvent.Bucket(duration));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _rates.Dispose();
    }

    async Task<(TelemetryOutcome Outcome, string Correlation)> GateAsync(HttpContext context)
    {
        // Media types compare without case; parameters have no meaning here.
        if (!string.Equals(context.Request.ContentType?.Split(';')[0].Trim(), RequestType, StringComparison.OrdinalIgnoreCase))
        {
            return (await RefuseAsync(context, new Problem(StatusCodes.Status415UnsupportedMediaType, $"The body must be {RequestType}.", HostCodes.WrongContentType)).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }

        if (context.Request.ContentLength > FrameLimits.SealedRequest)
        {
            return (await RefuseAsync(context, TooLarge).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }

        if (enclave() is not { State: EnclaveState.Ready, Connection: { } connection })
        {
            return (await RefuseAsync(context, Problem.NotReady).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }

        using var lease = _rates.AttemptAcquire(NetworkOf(context.Connection.RemoteIpAddress));
        if (!lease.IsAcquired)
        {
            return (await RefuseAsync(context, new Problem(StatusCodes.Status429TooManyRequests, "Too many requests of one address.", HostCodes.RequestRateLimited)).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }

        if (!await _slots.WaitAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            return (await RefuseAsync(context, new Problem(StatusCodes.Status503ServiceUnavailable, "Too many exchanges at once.", HostCodes.RelayBusy)).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }

        try
        {
            await using var exchange = await connection.OpenSealedAsync(context.RequestAborted).ConfigureAwait(false);
            using var pipe = new SealedPipe(context, exchange, options.IdleLimit, time);
            var outcome = await pipe.RunAsync().ConfigureAwait(false) switch
            {
                SealedEnd.Whole => TelemetryOutcome.Ok,
                SealedEnd.CallerLeft => TelemetryOutcome.Cancelled,
                SealedEnd.Refused refused => await RefuseAsync(context, refused.Problem).ConfigureAwait(false),
                SealedEnd.Cut cut => Cut(context, cut),
                _ => TelemetryOutcome.Failed,
            };
            return (outcome, pipe.Correlation);
        }
        catch (EnclaveUnavailableException e)
        {
            return (await RefuseAsync(context, Problem.Of(e)).ConfigureAwait(false), TelemetryEvent.NoCorrelation);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>An IPv4 address, or the /64 that one subscriber has of IPv6.</summary>
    static IPAddress NetworkOf(IPAddress? address)
    {
        switch (address)
        {
            case null:
                return IPAddress.None;
            case { IsIPv4MappedToIPv6: true }:
                return address.MapToIPv4();
            case { AddressFamily: AddressFamily.InterNetworkV6 }:
                var bytes = address.GetAddressBytes();
                bytes.AsSpan(8).Clear();
                return new IPAddress(bytes);
            default:
                return address;
        }
    }

    internal static Problem TooLarge => new(StatusCodes.Status413PayloadTooLarge, $"A sealed request is at most {FrameLimits.SealedRequest} bytes.", HostCodes.RequestTooLarge);

    TelemetryOutcome Cut(HttpContext context, SealedEnd.Cut cut)
    {
        // Status and headers are gone; breaking the connection is the only truthful end. The seal makes the truncation evident.
        RelayLog.Cut(logger, cut.Code);
        context.Abort();
        return TelemetryOutcome.Failed;
    }

    async Task<TelemetryOutcome> RefuseAsync(HttpContext context, Problem problem)
    {
        RelayLog.Answered(logger, problem.Status, problem.Code);
        await problem.WriteAsync(context).ConfigureAwait(false);
        return problem.Status switch
        {
            StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests => TelemetryOutcome.Refused,
            >= 500 => TelemetryOutcome.Failed,
            _ => TelemetryOutcome.CallerError,
        };
    }
}
