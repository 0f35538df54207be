using System.Threading.RateLimiting;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.KeyRelease;

/// <summary>POST /v1/keys/{id}/challenge and /v1/keys/{id}/release. docs/specs/key-broker.md §3.</summary>
sealed class KeyReleaseEndpoints(KeyReleaser releaser, ConcurrencyLimiter limiter, ILogger logger, Action<TelemetryEvent> emit)
{
    /// <summary>A challenge request has no body; what a client sends all the same is not read past this.</summary>
    const int MaxChallengeRequestLength = 4096;

    /// <summary>A body of 4 MiB at 140 kB/s. A request holds one of few places while it arrives.</summary>
    static readonly TimeSpan s_bodyTimeout = TimeSpan.FromSeconds(30);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/keys/{id}/challenge", context => Handle(context, MaxChallengeRequestLength, (id, _) => releaser.Challenge(id)));
        routes.MapPost("/v1/keys/{id}/release", context => Handle(context, ReleaseRequest.MaxLength, (id, body) => releaser.Release(id, body)));
        routes.MapGet("/healthz", Health);
    }

    async Task Handle(HttpContext context, int maxLength, Func<string, byte[], ReleaseAnswer> decide)
    {
        ReleaseAnswer answer;
        try
        {
            // Taken before the body is read: each request may hold several times its length in memory while it is decided.
            using var lease = await limiter.AcquireAsync(1, context.RequestAborted);
            answer = lease.IsAcquired
                ? decide((string)context.Request.RouteValues["id"]!, await ReadBody(context, maxLength))
                : new ReleaseAnswer.Refused(Refusal.TooManyRequests);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is BadHttpRequestException or OperationCanceledException) // boundary: what the client sent, or did not
        {
            answer = new ReleaseAnswer.Refused(Refusal.Malformed($"The body is longer than {maxLength} bytes, incomplete, or took longer than {s_bodyTimeout.TotalSeconds} seconds."));
        }
        catch (Exception e) // boundary: one request; the broker goes on and releases nothing
        {
            // Only the kind: a message may quote what it was working on.
            Log.Failed(logger, (e as KeyBrokerException)?.Code ?? KeyBrokerCodes.InternalError, e.GetType().Name);
            emit(new TelemetryEvent(Hop.Broker, TelemetryKind.Release, TelemetryOutcome.Failed, TelemetryEvent.NoCorrelation, 0));
            answer = new ReleaseAnswer.Refused(Refusal.Failed);
        }

        await Write(context, answer);
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

    static async Task Write(HttpContext context, ReleaseAnswer answer)
    {
        var (status, type, json) = answer switch
        {
            ReleaseAnswer.Challenged(var challenge) => (StatusCodes.Status200OK, "application/json", challenge.ToJson()),
            ReleaseAnswer.Released(var key) => (StatusCodes.Status200OK, "application/json", key.ToJson()),
            ReleaseAnswer.Refused(var refusal) => (refusal.Status, "application/problem+json", refusal.ToJson()),
            _ => throw new InvalidOperationException("An answer of no known kind."),
        };
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = json.Length;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = "60";
        }

        await response.Body.WriteAsync(json, context.RequestAborted);
    }

    async Task Health(HttpContext context)
    {
        var json = CanonicalJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("keys", releaser.Keys);
            writer.WriteNumber("outstanding", releaser.Outstanding);
            writer.WriteNumber("released", releaser.Released);
            writer.WriteNumber("refused", releaser.Refused);
            writer.WriteEndObject();
        });
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
