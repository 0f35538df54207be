using System.Net.Http.Headers;
using System.Text.Json;
using Amnion.Host.Relay;
using Amnion.Records.Frames;
using Microsoft.Extensions.Logging;

namespace Amnion.Host.Tests.Relay;

/// <summary>A relay on loopback before a fake enclave.</summary>
sealed class RelayFixture : IAsyncDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    RelayFixture(RelayServer server, FakeEnclave enclave, CollectedLog log)
    {
        Server = server;
        Enclave = enclave;
        Log = log;
        _http.BaseAddress = server.Address;
    }

    public RelayServer Server { get; }

    public FakeEnclave Enclave { get; }

    public CollectedLog Log { get; }

    public HttpClient Http => _http;

    public static async Task<RelayFixture> StartAsync(
        Func<FrameStream, FrameType, byte[], CancellationToken, Task> enclave,
        RelayOptions? options = null,
        TimeProvider? time = null,
        EnclaveState state = EnclaveState.Ready,
        Func<EnclaveTelemetry?>? telemetry = null)
    {
        var fake = new FakeEnclave(enclave);
        var log = new CollectedLog();
        var view = fake.View(state);
        var server = await RelayServer.StartAsync(options ?? new RelayOptions(), () => view, telemetry ?? (() => null), time ?? TimeProvider.System, log, default);
        return new RelayFixture(server, fake, log);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        await Enclave.DisposeAsync();
    }

    public Task<HttpResponseMessage> PostAsync(HttpContent body, CancellationToken cancellation = default)
    {
        body.Headers.ContentType ??= new MediaTypeHeaderValue("message/ohttp-chunked-req");
        return _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/ohttp") { Content = body }, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>Asserts a whole problem document.</summary>
    public static async Task AssertProblemAsync(HttpResponseMessage response, int status, string code, string? type = null)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(["type", "title", "status", "code"], problem.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(type ?? "urn:amnion:problem:" + code, problem.RootElement.GetProperty("type").GetString());
    }

    public sealed class CollectedLog : ILogger<RelayServer>
    {
        readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add($"{eventId.Id} {formatter(state, exception)} {exception}");
            }
        }
    }
}
