using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.Client;
using Amnion.Client.Proxy;
using Amnion.KeyBroker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.EndToEnd.Tests;

/// <summary>Broker, enclave, relay and proxy, with the enclave real and the rest in this process. Shared by every test that changes nothing lasting.</summary>
public sealed class Stack : IAsyncLifetime
{
    BrokerServer? _broker;
    EnclaveHost? _host;
    ProxyServer? _proxy;

    internal AmnionHome Home { get; } = new(Directory.CreateTempSubdirectory("amnion-e2e-").FullName);

    internal EnclaveHost Host => _host!;

    public AppraisalPolicy Policy { get; private set; } = null!;

    public string ApiKey { get; private set; } = "";

    public Uri Broker => _broker!.Url;

    public Uri Relay => _host!.Relay!.Address;

    /// <summary>What an OpenAI client is given.</summary>
    public Uri BaseUrl => _proxy!.BaseUrl;

    /// <summary>A caller's options, over a relay of the test's choice.</summary>
    public AmnionClientOptions Client(HttpMessageHandler? transport = null) => new() { Relay = Relay, Policy = Policy, ApiKey = ApiKey, Transport = transport };

    public async ValueTask InitializeAsync()
    {
        if (!EndToEnd.HasProgram)
        {
            return;
        }

        var target = await EnclaveTarget.ChooseAsync(AttestationPlatform.Local, EndToEnd.Program, null, allowMissing: true, default);
        DeployedModel model;
        using (var store = KeyStore.Open(Home.Broker))
        {
            (model, Policy) = SealedModels.Ensure(Home, EndToEnd.Weights, target, DevelopmentAnchor.Of(Home), store, null, default);
            Tenants.AdmitFirst(Home, store.Tenants);
        }

        ApiKey = Tenants.FirstKey(Home);
        _broker = await BrokerServer.StartAsync(new BrokerOptions { Directory = Home.Broker, Url = "http://127.0.0.1:0", Name = "test" });
        _host = await EnclaveHost.StartAsync(Home, target, model, _broker.Url, new Uri("http://127.0.0.1:0"), NullLoggerFactory.Instance, null, default);
        _proxy = await ProxyServer.StartAsync(new ProxyOptions { Client = new AmnionClientOptions { Relay = Relay, Policy = Policy } }, default);
    }

    public async ValueTask DisposeAsync()
    {
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
    }
}
