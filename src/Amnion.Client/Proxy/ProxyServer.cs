using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Amnion.Client.Proxy;

/// <summary>
/// The local OpenAI-compatible endpoint: any OpenAI client talks to it, and it talks to the enclave only after verifying it, only
/// sealed. It fails closed: an enclave the policy refuses gets nothing, and the caller an OpenAI-shaped error with the code.
/// </summary>
public sealed class ProxyServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly SealedHttpHandler _handler;

    ProxyServer(WebApplication app, SealedHttpHandler handler, Uri url)
    {
        _app = app;
        _handler = handler;
        Url = url;
    }

    /// <summary>The base URL an OpenAI client is given, ending in "/v1".</summary>
    public Uri BaseUrl => new(Url, "v1");

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Listens; verification happens with the first request, or through <see cref="VerifyAsync"/>.</summary>
    /// <exception cref="ArgumentException">The URL is not a loopback address.</exception>
    public static async Task<ProxyServer> StartAsync(ProxyOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var url = new Uri(options.Url);
        if (!url.IsLoopback)
        {
            throw new ArgumentException($"The proxy hands out plain text and listens on loopback only; \"{options.Url}\" is not a loopback address.", nameof(options));
        }

        // The empty builder reads no environment variable and no appsettings.json of whatever the current directory is.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ProxyOptions.MaxRequestLength;
            kestrel.AllowSynchronousIO = false;
        });
        var app = builder.Build();
        app.UseRouting();
        var handler = new SealedHttpHandler(options.Client);
        var exchange = new ProxyExchange(handler);
        app.MapGet("/healthz", static context => context.Response.WriteAsync("ok"));
        app.Map("/v1/{**path}", exchange.ForwardAsync);
        await app.StartAsync(cancellation).ConfigureAwait(false);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ProxyServer(app, handler, new Uri(address.EndsWith('/') ? address : address + "/"));
    }

    /// <summary>Verifies the enclave now and keeps the result until its keyset ends.</summary>
    /// <exception cref="AmnionClientException">The policy refuses the enclave, or the relay does not answer.</exception>
    public Task<VerifiedEnclave> VerifyAsync(CancellationToken cancellation) => _handler.VerifyAsync(cancellation);

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _handler.Dispose();
    }
}
