using System.Net;
using System.Text.Json;

namespace Amnion.KeyBroker.Tests;

public sealed class BrokerServerTests
{
    [Fact]
    public async Task Every_wrong_option_is_reported_at_once()
    {
        var failure = await Assert.ThrowsAsync<KeyBrokerException>(() => BrokerServer.StartAsync(new BrokerOptions
        {
            Directory = " ",
            Url = "https://example/path",
            Name = "",
            ChallengeLifetime = TimeSpan.FromMinutes(2),
            MaxOutstandingChallenges = 0,
            MaxDecisionsPerMinute = 0,
        }));

        Assert.Equal(KeyBrokerCodes.OptionsInvalid, failure.Code);
        foreach (var option in new[] { "Directory", "Url", "Name", "ChallengeLifetime", "MaxOutstandingChallenges", "MaxDecisionsPerMinute" })
        {
            Assert.Contains(option, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:8443")]
    [InlineData("http://localhost:1234/")]
    public void Addresses_of_http_are_accepted(string url) => Assert.Empty(new BrokerOptions { Directory = "d", Url = url, Name = "n" }.Validate());

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:80")]
    [InlineData("http://user@127.0.0.1:1")]
    [InlineData("http://127.0.0.1:1/x")]
    [InlineData("http://127.0.0.1:1/?q")]
    [InlineData("http://broker.example:8080")]
    [InlineData("http://localhost:0")]
    [InlineData("https://127.0.0.1:1")]
    public void Other_addresses_are_not(string url) => Assert.Single(new BrokerOptions { Directory = "d", Url = url, Name = "n" }.Validate());

    [Fact]
    public async Task Health_is_numbers_only()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        using var wrong = new TestEnclave { LoadedManifest = [1] };
        await broker.AskAsync(enclave);
        await broker.AskAsync(wrong);
        await broker.ChallengeAsync();

        Assert.Equal("""{"keys":1,"outstanding":1,"refused":1,"released":1}""", await broker.Client.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task An_unknown_key_is_not_found_whatever_its_name()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create("other", TestEnclave.Policy).Dispose();
        using var enclave = new TestEnclave();
        var challenge = await broker.ChallengeAsync("other");
        foreach (var id in new[] { "absent", "..%2f..", "a%20b", new string('a', 500), "x'%20OR%20'1'='1" })
        {
            await TestBroker.RefusedAsync(await broker.Client.PostAsync($"/v1/keys/{id}/challenge", null), 404, KeyBrokerCodes.KeyUnknown);
        }

        await TestBroker.RefusedAsync(await broker.PostAsync(challenge, enclave.Answer(challenge, broker.Time.GetUtcNow())), 404, KeyBrokerCodes.KeyUnknown);
    }

    [Theory]
    [InlineData("GET", "/v1/keys/clinic-7b/release", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v1/keys", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/keys/clinic-7b/grant", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/v1/keys/clinic-7b", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/audit", HttpStatusCode.NotFound)]
    public async Task The_network_offers_nothing_else(string method, string path, HttpStatusCode status)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var response = await broker.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Answers_are_not_to_be_stored()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Admin.Create(TestBroker.KeyId, TestEnclave.Policy).Dispose();
        using var response = await broker.Client.PostAsync($"/v1/keys/{TestBroker.KeyId}/challenge", null);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Empty(response.Headers.Server);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("amnion/challenge/1", json.RootElement.GetProperty("format").GetString());
    }

    [Fact]
    public async Task An_address_in_use_is_reported_and_the_store_is_closed()
    {
        await using var broker = await TestBroker.StartAsync();
        using var folder = new TestFolder();
        await Assert.ThrowsAnyAsync<IOException>(() => BrokerServer.StartAsync(new BrokerOptions { Directory = folder.Directory, Url = broker.Client.BaseAddress!.ToString(), Name = "n" }));
        folder.Open().Dispose();
    }
}
