using Amnion.Records.Frames;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Amnion.Host.Relay;

/// <summary>
/// The HTTP face of one enclave: Evidence, keys and sealed exchanges, all of which it can only pass on or drop. docs/specs/relay.md.
/// </summary>
public sealed class RelayServer : IAsyncDisposable
{
    const int MaxConnections = 1024;
    const int MaxHeaders = 16 * 1024;
    static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    readonly WebApplication _app;
    readonly EvidenceEndpoint _evidence;
    readonly SealedEndpoint _sealed;

    RelayServer(WebApplication app, EvidenceEndpoint evidence, SealedEndpoint exchanges)
    {
        _app = app;
        _evidence = evidence;
        _sealed = exchanges;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="options">Limits and address.</param>
    /// <param name="enclave">Asked at every request; <see cref="EnclaveSupervisor.View"/>.</param>
    /// <param name="telemetry">Asked at every scrape; <see cref="EnclaveSupervisor.Telemetry"/>.</param>
    /// <param name="time">Clock of intervals and limits.</param>
    /// <param name="logger">The relay's own messages; the web server's own logging is off, since it would name requests.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<RelayServer> StartAsync(RelayOptions options, Func<EnclaveView> enclave, Func<EnclaveTelemetry?> telemetry, TimeProvider time, ILogger<RelayServer> logger, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();

        // The empty builder reads no environment variable and no appsettings.json of whatever the current directory is.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(options.Url.AbsoluteUri.TrimEnd('/'));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = FrameLimits.SealedRequest;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
            kestrel.Limits.RequestHeadersTimeout = HeadersLimit;
        });
        builder.WebHost.UseShutdownTimeout(StopLimit);

        var metrics = new RelayMetrics(time, options.MetricsInterval);
        var evidence = new EvidenceEndpoint(enclave, metrics, options, time);
        var exchanges = new SealedEndpoint(enclave, metrics, options, time, logger);
        var app = builder.Build();
        app.Use(next => context => GuardAsync(context, next, logger));
        app.UseRouting();
        app.MapGet("/.well-known/amnion/evidence", evidence.EvidenceAsync);
        app.MapGet("/.well-known/ohttp-keys", evidence.KeysAsync);
        app.MapPost("/ohttp", exchanges.HandleAsync);
        app.MapGet("/healthz", context => HealthAsync(context, enclave()));
        app.MapGet("/metrics", context => MetricsAsync(context, metrics.Text(enclave(), telemetry())));
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            evidence.Dispose();
            exchanges.Dispose();
            throw;
        }

        var server = new RelayServer(app, evidence, exchanges);
        RelayLog.Listening(logger, server.Address);
        return server;
    }

    /// <summary>Stops listening; exchanges that run get a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _evidence.Dispose();
        _sealed.Dispose();
    }

    static async Task GuardAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; there is nobody to answer.
        }
        catch (Exception e)
        {
            // The boundary of a request: the kind of failure is logged, never its message, which could quote what came in.
            RelayLog.Unexpected(logger, e.GetType().Name);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    static Task HealthAsync(HttpContext context, EnclaveView view)
    {
        context.Response.StatusCode = view.State == EnclaveState.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync($"{{\"state\":{(int)view.State},\"starts\":{view.Starts}}}\n", context.RequestAborted);
    }

    static Task MetricsAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
