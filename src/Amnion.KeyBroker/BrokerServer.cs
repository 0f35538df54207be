using System.Net;
using System.Threading.RateLimiting;
using Amnion.KeyBroker.Configuration;
using Amnion.KeyBroker.KeyRelease;
using Amnion.Records.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.KeyBroker;

/// <summary>The key broker's network side: key release, the current configuration release, and nothing else. docs/specs/key-broker.md.</summary>
public sealed class BrokerServer : IAsyncDisposable
{
    // Requests decided at once and waiting for that; each may hold a body of 4 MiB and its parsed form.
    const int ConcurrentRequests = 16;
    const int WaitingRequests = 256;

    const int MaxConnections = 512;
    const int MaxHeadersLength = 8 * 1024;
    static readonly TimeSpan s_headersTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(5);

    // Slower than any network an enclave's host has; whoever is slower is holding one of few places on purpose.
    static readonly MinDataRate s_slowestBody = new(bytesPerSecond: 32 * 1024, gracePeriod: TimeSpan.FromSeconds(3));

    readonly WebApplication _application;
    readonly KeyStore _store;
    readonly ConcurrencyLimiter _limiter;
    readonly PartitionedRateLimiter<IPAddress> _addresses;

    BrokerServer(WebApplication application, KeyStore store, ConcurrencyLimiter limiter, PartitionedRateLimiter<IPAddress> addresses)
    {
        _addresses = addresses;
        _application = application;
        _store = store;
        _limiter = limiter;
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public Uri Url => new(_application.Urls.First());

    /// <summary>Opens the store and listens.</summary>
    /// <param name="options">Checked as a whole first.</param>
    /// <param name="loggers">Where messages go; null is nowhere.</param>
    /// <param name="telemetry">Gets every event of the closed schema; called from request threads and must not block or throw.</param>
    /// <param name="time">The clock; null takes the system's.</param>
    /// <param name="cancellationToken">Ends the start, not the broker.</param>
    /// <exception cref="KeyBrokerException">The options are not valid, or the store does not open.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<BrokerServer> StartAsync(
        BrokerOptions options,
        ILoggerFactory? loggers = null,
        Action<TelemetryEvent>? telemetry = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new KeyBrokerException(KeyBrokerCodes.OptionsInvalid, string.Join("; ", problems));
        }

        time ??= TimeProvider.System;
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Amnion.KeyBroker");
        var emit = telemetry ?? (static _ => { });
        var store = KeyStore.Open(options.Directory, options.RootKeyFile, time);
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = ConcurrentRequests, QueueLimit = WaitingRequests, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
        var server = new BrokerServer(Build(options.Url, loggers), store, limiter, RequestGate.PerAddress(options.MaxRequestsPerMinutePerAddress));
        try
        {
            var challenges = new ChallengeBook(time, options.Name, options.ChallengeLifetime, options.MaxOutstandingChallenges, options.MaxOutstandingChallengesPerKey);
            var releaser = new KeyReleaser(store, challenges, new DecisionBudget(time, options.MaxDecisionsPerMinute), new DecisionBudget(time, options.MaxDecisionsPerMinute), time, logger, emit);
            var gate = new RequestGate(limiter, server._addresses, logger, emit);
            new KeyReleaseEndpoints(releaser, gate).Map(server._application);
            new ConfigurationEndpoints(new ConfigurationIssuer(store.Tenants, time, logger), store.Tenants, gate).Map(server._application);
            await server._application.StartAsync(cancellationToken);
        }
        catch // boundary: cleans up and throws again
        {
            await server.DisposeAsync();
            throw;
        }

        KeyRelease.Log.Listening(logger, server.Url.ToString(), options.Name);
        return server;
    }

    /// <summary>Stops listening, ends what is under way, zeroes the root key.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        await _limiter.DisposeAsync();
        await _addresses.DisposeAsync();
        _store.Dispose();
    }

    static WebApplication Build(string url, ILoggerFactory? loggers)
    {
        // Empty: no configuration from files or the environment of whoever starts it, no services that are not named here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeadersLength;
            kestrel.Limits.RequestHeadersTimeout = s_headersTimeout;
            kestrel.Limits.KeepAliveTimeout = s_keepAlive;
            kestrel.Limits.MinRequestBodyDataRate = s_slowestBody;
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        builder.Services.AddSingleton(loggers ?? NullLoggerFactory.Instance);
        // The program around it decides about signals; the default would take Ctrl+C from it.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder.Build();
    }

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
