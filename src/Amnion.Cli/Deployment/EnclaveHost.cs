using System.Runtime.Versioning;
using Amnion.Cli.State;
using Amnion.Host;
using Amnion.Host.Relay;
using Microsoft.Extensions.Logging;

namespace Amnion.Cli.Deployment;

/// <summary>The operator's side in one process: platform, supervisor and relay.</summary>
[SupportedOSPlatform("linux")]
sealed class EnclaveHost : IAsyncDisposable
{
    // A revoked API key is refused within a minute; the broker gives the same release until something changed or it is some minutes old.
    static readonly SupervisorOptions s_options = new() { ConfigurationInterval = TimeSpan.FromMinutes(1) };

    readonly IEnclavePlatform _platform;
    readonly HttpClient _http;

    EnclaveHost(IEnclavePlatform platform, HttpClient http, EnclaveSupervisor supervisor)
    {
        _platform = platform;
        _http = http;
        Supervisor = supervisor;
    }

    public EnclaveSupervisor Supervisor { get; }

    /// <summary>The relay; set once the enclave serves.</summary>
    public RelayServer? Relay { get; private set; }

    /// <summary>Brings the enclave up, then listens.</summary>
    public static async Task<EnclaveHost> StartAsync(AmnionHome home, EnclaveTarget target, DeployedModel model, Uri broker, Uri relayUrl, ILoggerFactory loggers, IProgress<LaunchProgress>? progress, CancellationToken cancellation)
    {
        var platform = target.Open(home, model.SealedLength);
        var http = BrokerHttp();
        var client = new BrokerClient(http, broker);
        var supervisor = new EnclaveSupervisor(platform, model.Deployment(client), model.KeySource ?? client, s_options, TimeProvider.System, loggers.CreateLogger<EnclaveSupervisor>());
        var host = new EnclaveHost(platform, http, supervisor);
        try
        {
            await supervisor.StartAsync(progress, cancellation).ConfigureAwait(false);
            host.Relay = await RelayServer.StartAsync(new RelayOptions { Url = relayUrl }, () => supervisor.View, () => supervisor.Telemetry, TimeProvider.System, loggers.CreateLogger<RelayServer>(), cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            // boundary: whatever failed, no enclave is left behind.
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static HttpClient BrokerHttp() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public async ValueTask DisposeAsync()
    {
        if (Relay is not null)
        {
            await Relay.DisposeAsync().ConfigureAwait(false);
        }

        await Supervisor.DisposeAsync().ConfigureAwait(false);
        (_platform as IDisposable)?.Dispose();
        _http.Dispose();
    }
}
