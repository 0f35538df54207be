using System.Net;
using System.Security.Cryptography;
using Amnion.Cli.Deployment;
using Amnion.Client;
using Amnion.KeyBroker;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.EndToEnd.Tests;

/// <summary>Who may call is the broker's to say: the host carries its releases, and can neither make one nor bring an old one back.</summary>
[Collection(StackGroup.Name)]
public sealed class AdmissionTests
{
    const int Limit = 60_000;
    const string Foreign = "AMN-ENC-0041";
    const string Expired = "AMN-ENC-0042";
    const string Older = "AMN-ENC-0043";

    readonly Stack _stack;

    public AdmissionTests(Stack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    [Fact(Timeout = Limit)]
    public async Task A_revoked_key_is_refused_and_no_host_brings_it_back()
    {
        var key = Tenants.NewKey();
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key)).Status);
        Change(store =>
        {
            store.Tenants.Set("ward", 1000, 1_000_000);
            store.Tenants.AddKey("ward", Tenants.HashOf(key));
        });
        var admitting = await FetchAsync(_stack.Broker);
        await ConfigureAsync(admitting);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(key)).Status);

        Change(store => store.Tenants.RevokeKey(Tenants.HashOf(key)));
        await ConfigureAsync(await FetchAsync(_stack.Broker));
        var (status, body) = await AskAsync(key);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("api_key_revoked", body, StringComparison.Ordinal);
        Assert.Equal(Older, await RefusedAsync(admitting));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key)).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task Forged_and_stale_releases_are_refused_and_the_one_in_force_stays()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new ConfigurationRelease
        {
            Version = now * 2,
            Issued = now,
            Expires = now + 3_600_000,
            Tenants = [new Tenant { Id = "host", KeyHashes = [Digest.Sha256("the host's own"u8)], RevokedKeyHashes = [], RequestsPerMinute = 1, TokensPerHour = 1 }],
        };
        Assert.Equal(Foreign, await RefusedAsync(forged.Sign(own)));

        // Signed by the right key, a day ago by the broker's clock.
        await using var behind = await BrokerServer.StartAsync(new BrokerOptions { Directory = _stack.Home.Broker, Url = "http://127.0.0.1:0", Name = "behind" }, time: new Behind(TimeSpan.FromHours(25)));
        Assert.Equal(Expired, await RefusedAsync(await FetchAsync(behind.Url)));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(_stack.ApiKey)).Status);
    }

    [Fact]
    public void The_host_holds_no_key_that_signs_releases()
    {
        Assert.Equal(["model.pem", "model.pub.pem"], Directory.EnumerateFiles(_stack.Home.Signers).Select(Path.GetFileName).Order());
    }

    void Change(Action<KeyStore> change)
    {
        using var store = KeyStore.Open(_stack.Home.Broker);
        change(store);
    }

    Task ConfigureAsync(byte[] release) => _stack.Host.Supervisor.View.Connection!.SendConfigurationAsync(release, EndToEnd.Cancellation);

    async Task<string> RefusedAsync(byte[] release) => (await Assert.ThrowsAsync<FrameFailedException>(() => ConfigureAsync(release))).Code;

    static async Task<byte[]> FetchAsync(Uri broker)
    {
        using var http = new HttpClient();
        return await http.GetByteArrayAsync(new Uri(broker, "v1/configuration"), EndToEnd.Cancellation);
    }

    async Task<(HttpStatusCode Status, string Body)> AskAsync(string key)
    {
        using var handler = new SealedHttpHandler(_stack.Client());
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = Chat.Request(SealedOpenAITransport.Endpoint, Chat.Body(Chat.Question, tokens: 4), key);
        using var response = await invoker.SendAsync(request, EndToEnd.Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(EndToEnd.Cancellation));
    }

    sealed class Behind(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
