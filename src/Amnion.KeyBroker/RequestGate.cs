using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Amnion.KeyBroker.KeyRelease;
using Amnion.Records.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker;

/// <summary>What every request passes: its address's share, one of few places, a bounded body, and a problem document where it fails.</summary>
sealed class RequestGate(ConcurrencyLimiter limiter, PartitionedRateLimiter<IPAddress> addresses, ILogger logger, Action<TelemetryEvent> emit)
{
    /// <summary>A body of 4 MiB at 140 kB/s. A request holds one of few places while it arrives.</summary>
    static readonly TimeSpan s_bodyTimeout = TimeSpan.FromSeconds(30);

    /// <summary>So many requests of each address in a minute; addresses that are silent are forgotten.</summary>
    public static PartitionedRateLimiter<IPAddress> PerAddress(int perMinute) => PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    public async Task AnswerAsync(HttpContext context, int maxLength, Func<byte[], HttpAnswer> decide)
    {
        HttpAnswer answer;
        try
        {
            // Taken before the body is read: each request may hold several times its length in memory while it is decided.
            using var share = addresses.AttemptAcquire(NetworkOf(context.Connection.RemoteIpAddress));
            using var lease = share.IsAcquired ? await limiter.AcquireAsync(1, context.RequestAborted) : share;
            answer = lease.IsAcquired ? decide(await ReadBody(context, maxLength)) : HttpAnswer.Problem(Refusal.TooManyRequests);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException) // boundary: what the client sent, or did not
        {
            answer = HttpAnswer.Problem(Refusal.Malformed($"The body is longer than {maxLength} bytes, incomplete, or took longer than {s_bodyTimeout.TotalSeconds} seconds."));
        }
        catch (Exception e) // boundary: one request; the broker goes on and releases nothing
        {
            // Only the kind: a message may quote what it was working on.
            KeyRelease.Log.Failed(logger, (e as KeyBrokerException)?.Code ?? KeyBrokerCodes.InternalError, e.GetType().Name);
            emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Release, TelemetryOutcome.Failed, TelemetryEvent.NoCorrelation, 0));
            answer = HttpAnswer.Problem(e is KeyBrokerException { Code: KeyBrokerCodes.KeyDamaged } ? Refusal.Damaged : Refusal.Failed);
        }

        await Write(context, answer);
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

    static async Task<byte[]> ReadBody(HttpContext context, int maxLength)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = maxLength;
        using var body = new MemoryStream((int)Math.Min(maxLength, context.Request.ContentLength ?? 0));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(s_bodyTimeout);
        await context.Request.Body.CopyToAsync(body, timeout.Token);
        return body.ToArray();
    }

    static async Task Write(HttpContext context, HttpAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Json.Length;
        response.Headers.CacheControl = "no-store";
        if (answer.Status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = "60";
        }

        await response.Body.WriteAsync(answer.Json, context.RequestAborted);
    }
}
