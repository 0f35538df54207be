using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Amnion.Records;
using Amnion.Records.Telemetry;
using Microsoft.Extensions.Logging;

namespace Amnion.KeyBroker.Tests;

/// <summary>A listening broker in a folder of its own, with a client and an administrator beside it as the command line would be.</summary>
sealed class TestBroker : IAsyncDisposable
{
    public const string KeyId = "clinic-7b";
    public const string Name = "broker.example";

    readonly BrokerServer _server;
    readonly HttpClient _client;

    TestBroker(TestFolder folder, BrokerServer server, ManualTime time, KeyStore admin)
    {
        (Folder, _server, Time, Admin) = (folder, server, time, admin);
        _client = new HttpClient { BaseAddress = server.Url };
    }

    public TestFolder Folder { get; }

    public ManualTime Time { get; }

    public KeyStore Admin { get; }

    public HttpClient Client => _client;

    public ConcurrentQueue<TelemetryEvent> Telemetry { get; private init; } = new();

    public ConcurrentQueue<string> Messages { get; private init; } = new();

    public static async Task<TestBroker> StartAsync(TestFolder? folder = null, ManualTime? time = null, Func<BrokerOptions, BrokerOptions>? change = null)
    {
        folder ??= new TestFolder();
        time ??= new ManualTime();
        var telemetry = new ConcurrentQueue<TelemetryEvent>();
        var messages = new ConcurrentQueue<string>();
        var options = new BrokerOptions { Directory = folder.Directory, Url = "http://127.0.0.1:0", Name = Name };
        var server = await BrokerServer.StartAsync(change?.Invoke(options) ?? options, new Loggers(messages), telemetry.Enqueue, time);
        return new TestBroker(folder, server, time, folder.Open(time)) { Telemetry = telemetry, Messages = messages };
    }

    public async Task<ReleaseChallenge> ChallengeAsync(string keyId = KeyId)
    {
        using var response = await _client.PostAsync($"/v1/keys/{keyId}/challenge", null);
        var json = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return ReleaseChallenge.Parse(json);
    }

    public Task<HttpResponseMessage> PostAsync(ReleaseChallenge challenge, EvidenceBundle evidence, string keyId = KeyId) => PostAsync(Body(challenge, evidence), keyId);

    public Task<HttpResponseMessage> PostAsync(byte[] body, string keyId = KeyId) => _client.PostAsync($"/v1/keys/{keyId}/release", new ByteArrayContent(body));

    /// <summary>Challenge, Evidence, release: as a host does for its enclave.</summary>
    public async Task<(ReleaseChallenge Challenge, HttpResponseMessage Response)> AskAsync(TestEnclave enclave, string keyId = KeyId)
    {
        var challenge = await ChallengeAsync(keyId);
        return (challenge, await PostAsync(challenge, enclave.Answer(challenge, Time.GetUtcNow()), keyId));
    }

    public static async Task<WrappedKey> ReadKeyAsync(HttpResponseMessage response)
    {
        var json = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return WrappedKey.Parse(json);
    }

    /// <summary>Asserts a problem document of this status and code, and returns it.</summary>
    public static async Task<JsonElement> RefusedAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text);
        var problem = document.RootElement.Clone();
        Assert.Equal($"{status} {code}", $"{problem.GetProperty("status").GetInt32()} {problem.GetProperty("code").GetString()}");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"urn:amnion:problem:{code}", problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }

    public static string[] FailedChecks(JsonElement problem) => [.. problem.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("code").GetString()!)];

    public static byte[] Body(ReleaseChallenge challenge, EvidenceBundle evidence) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteJson("challenge", challenge.ToJson());
        json.WriteJson("evidence", evidence.ToJson());
        json.WriteEndObject();
    });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
    }

    /// <summary>Ends the broker and leaves its folder.</summary>
    public async Task StopAsync()
    {
        _client.Dispose();
        Admin.Dispose();
        await _server.DisposeAsync();
    }

    sealed class Loggers(ConcurrentQueue<string> messages) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => categoryName == "Amnion.KeyBroker" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            messages.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}");
    }
}
