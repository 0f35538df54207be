using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Amnion.Attestation;
using Amnion.Cli.Deployment;
using Amnion.Cli.State;
using Amnion.KeyBroker;
using Amnion.Models.Sealed;
using Amnion.Sealing;

namespace Amnion.EndToEnd.Tests;

/// <summary>Broker, host (relay and enclave) and proxy as processes, with a recording wire between proxy and relay.</summary>
public sealed class ServedStack : IAsyncLifetime
{
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    readonly Uri _brokerUrl = FreeUrl();
    readonly Uri _relayUrl = FreeUrl();
    readonly Uri _proxyUrl = FreeUrl();
    string _model = "";

    internal AmnionHome Home { get; } = new(Directory.CreateTempSubdirectory("amnion-e2e-").FullName);

    internal ServedProcess Broker { get; private set; } = null!;

    internal ServedProcess Host { get; private set; } = null!;

    internal ServedProcess Proxy { get; private set; } = null!;

    internal RecordingWire Wire { get; private set; } = null!;

    public string ApiKey { get; private set; } = "";

    /// <summary>The key the model is sealed under, which outside this test only broker and enclave may see.</summary>
    public byte[] DataKey { get; } = RandomNumberGenerator.GetBytes(KeyStore.KeyLength);

    public Uri BrokerUrl => _brokerUrl;

    public Uri RelayUrl => _relayUrl;

    public Uri BaseUrl => new(_proxyUrl, "v1");

    public async ValueTask InitializeAsync()
    {
        if (!EndToEnd.HasProgram)
        {
            return;
        }

        SealUnderKnownKey(await EnclaveTarget.ChooseAsync(AttestationPlatform.Local, EndToEnd.Program, null, allowMissing: true, default));

        ApiKey = Tenants.FirstKey(Home);
        Wire = new RecordingWire(_relayUrl.Port);
        await StartBrokerAsync();
        await StartHostAsync();
        await StartProxyAsync();
    }

    // As `amnion model seal` does it, with a data key that the test can look for afterwards.
    void SealUnderKnownKey(EnclaveTarget target)
    {
        const string KeyId = "model-of-known-key";
        _model = Path.Combine(Home.Models, KeyId);
        using var signer = Signers.Model(Home);
        using var dataKey = SecretBytes.CopyOf(DataKey);
        using var store = KeyStore.Open(Home.Broker);
        var manifest = ModelSealer.Seal(new ModelSealRequest { Weights = EndToEnd.Weights, Destination = _model, DataKey = dataKey, KeyId = KeyId, Signer = signer });
        var policy = SealedModels.PolicyOf(SealedModels.Load(Home, _model, target, store.Tenants.SignerDigest()), manifest.Digest, target, DevelopmentAnchor.Of(Home));
        store.CreateWithKey(KeyId, dataKey, policy);
        AmnionHome.WriteSecret(Home.CallerPolicy, policy.ToJson());
        Tenants.AdmitFirst(Home, store.Tenants);
    }

    internal async Task StartBrokerAsync() => Broker = await ServedProcess.StartAsync(Home, Daemons.Broker, "--url", _brokerUrl.AbsoluteUri);

    internal async Task StartHostAsync() => Host = await ServedProcess.StartAsync(Home, Daemons.Host, "--url", _relayUrl.AbsoluteUri, "--program", EndToEnd.Program, "--model", _model, "--broker", _brokerUrl.AbsoluteUri, "--dangerous-allow-missing-layers");

    internal async Task StartProxyAsync() => Proxy = await ServedProcess.StartAsync(Home, Daemons.Proxy, "--url", _proxyUrl.AbsoluteUri, "--relay", Wire.Url.AbsoluteUri);

    /// <summary>Asks through the proxy; the whole body of the answer and its status.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string prompt)
    {
        using var request = Chat.Request(BaseUrl, Chat.Body(prompt), ApiKey);
        using var response = await _http.SendAsync(request, EndToEnd.Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(EndToEnd.Cancellation));
    }

    /// <summary>Waits until questions are answered.</summary>
    public Task ServesAsync(TimeSpan limit) => Eventually.TrueAsync("the stack serves", limit, async () =>
    {
        try
        {
            return (await AskAsync(Chat.Question)).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>Begins a streamed answer and freezes the workers after its first piece of text, so that it surely is in the middle.</summary>
    internal async Task<StreamedAnswer> MiddleOfAnAnswerAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            // A long answer, and the workers known before it begins: looking through all processes of a busy machine takes longer than a short one.
            var workers = ProcessTree.Workers(Host.Id);
            using var request = Chat.Request(BaseUrl, Chat.Body(Chat.Endless, stream: true, tokens: Chat.ManyTokens), ApiKey);
            var answer = await StreamedAnswer.BeginAsync(_http, request);
            ProcessTree.Signal(workers, ProcessTree.Stop);
            if (await answer.IsOpenAsync())
            {
                return answer;
            }

            answer.Dispose();
            ProcessTree.Signal(workers, ProcessTree.Continue);
            Assert.True(attempt < 5, "every answer was over before it could be held");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var process in (ServedProcess?[])[Proxy, Host, Broker])
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        Wire?.Dispose();
        Directory.Delete(Home.Root, recursive: true);
    }

    // Fixed for the life of the stack: a part that was killed comes back where the others look for it.
    static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }
}
