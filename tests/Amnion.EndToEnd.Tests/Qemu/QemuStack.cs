using System.Diagnostics;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Client;
using Amnion.Client.Proxy;
using Amnion.Host.Qemu;
using Amnion.KeyBroker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>Broker, relay and proxy in this process, with the enclave an image under QEMU. Shared by every test that changes nothing lasting.</summary>
public class QemuStack : IAsyncLifetime
{
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(3) };
    BrokerServer? _broker;
    EnclaveHost? _host;
    ProxyServer? _proxy;

    /// <summary>The image that is started.</summary>
    protected virtual string Image => QemuFiles.Image;

    /// <summary>Whether it and QEMU are built.</summary>
    protected virtual bool Available => QemuFiles.Available;

    internal AmnionHome Home { get; } = new(Directory.CreateTempSubdirectory("amnion-e2e-").FullName);

    internal QemuEnclave Enclave => (QemuEnclave)_host!.Supervisor.Enclave!;

    public AppraisalPolicy Policy { get; private set; } = null!;

    public string ApiKey { get; private set; } = "";

    public Uri Relay => _host!.Relay!.Address;

    /// <summary>From before the machine was started to the end of the first sealed answer.</summary>
    public TimeSpan FirstAnswer { get; private set; }

    /// <summary>From before the machine was started until its program answered.</summary>
    public TimeSpan Boot { get; private set; }

    /// <summary>The first answer's text.</summary>
    public string Answer { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (!Available)
        {
            return;
        }

        var target = QemuFiles.Target(Image);
        DeployedModel model;
        using (var store = KeyStore.Open(Home.Broker))
        {
            (model, Policy) = SealedModels.Ensure(Home, EndToEnd.Weights, target, DevelopmentAnchor.Of(Home), store, null, default);
            Tenants.AdmitFirst(Home, store.Tenants);
        }

        ApiKey = Tenants.FirstKey(Home);
        _broker = await BrokerServer.StartAsync(new BrokerOptions { Directory = Home.Broker, Url = "http://127.0.0.1:0", Name = "test" });
        var clock = Stopwatch.StartNew();
        var booted = new StepLines(target.Platform, line => Boot = line.StartsWith("image booted", StringComparison.Ordinal) ? clock.Elapsed : Boot);
        _host = await EnclaveHost.StartAsync(Home, target, model, _broker.Url, new Uri("http://127.0.0.1:0"), NullLoggerFactory.Instance, booted, default);
        _proxy = await ProxyServer.StartAsync(new ProxyOptions { Client = new AmnionClientOptions { Relay = Relay, Policy = Policy } }, default);
        Answer = await AskAsync(Chat.Question);
        FirstAnswer = clock.Elapsed;
    }

    /// <summary>Asks through the proxy; the answer's text.</summary>
    public async Task<string> AskAsync(string prompt)
    {
        using var request = Chat.Request(_proxy!.BaseUrl, Chat.Body(prompt), ApiKey);
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return Chat.Text(body);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        Directory.Delete(Home.Root, recursive: true);
        GC.SuppressFinalize(this);
    }
}
