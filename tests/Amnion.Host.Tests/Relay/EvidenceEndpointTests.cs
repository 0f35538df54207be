using System.Buffers.Text;
using System.Net;
using Amnion.Host.Relay;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests.Relay;

public sealed class EvidenceEndpointTests
{
    static readonly string Nonce = Base64Url.EncodeToString(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    static Task AnswerAsync(FrameStream frames, FrameType type, byte[] payload, CancellationToken cancellation) =>
        type == FrameType.EvidenceRequest
            ? frames.WriteAsync(FrameType.Evidence, Samples.Bundle(payload.AsSpan(1)).ToJson(), cancellation).AsTask()
            : frames.FailAsync("AMN-ENC-0001", cancellation).AsTask();

    [Fact]
    public async Task Evidence_over_the_callers_nonce_is_handed_out_as_the_enclave_gave_it()
    {
        await using var relay = await RelayFixture.StartAsync(AnswerAsync);

        using var response = await relay.Http.GetAsync($"/.well-known/amnion/evidence?nonce={Nonce}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(Samples.Bundle(Base64Url.DecodeFromChars(Nonce)).ToJson(), await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?nonce=")]
    [InlineData("?nonce=AAAA")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("?nonce=AAAA%20AAAAAAAAAAAAAAAAAA")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAA&nonce=AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_nonce_that_is_not_16_to_64_bytes_in_its_one_spelling_is_refused(string query)
    {
        await using var relay = await RelayFixture.StartAsync(AnswerAsync);

        await RelayFixture.AssertProblemAsync(await relay.Http.GetAsync("/.well-known/amnion/evidence" + query), 400, HostCodes.BadNonce);
    }

    [Fact]
    public async Task Too_many_requests_for_evidence_are_turned_away()
    {
        await using var relay = await RelayFixture.StartAsync(AnswerAsync, new RelayOptions { EvidencePerSecond = 1, EvidenceBurst = 2 });
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var response = await relay.Http.GetAsync($"/.well-known/amnion/evidence?nonce={Nonce}");
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], statuses.Take(2));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    [Fact]
    public async Task Evidence_of_an_enclave_that_refuses_or_is_not_there_is_a_problem()
    {
        await using var refusing = await RelayFixture.StartAsync((frames, _, _, cancellation) => frames.FailAsync("AMN-ENC-0002", cancellation).AsTask());
        await RelayFixture.AssertProblemAsync(await refusing.Http.GetAsync($"/.well-known/amnion/evidence?nonce={Nonce}"), 503, "AMN-ENC-0002");
        await RelayFixture.AssertProblemAsync(await refusing.Http.GetAsync("/.well-known/ohttp-keys"), 503, "AMN-ENC-0002");
        File.Delete(refusing.Enclave.SocketPath);
        await RelayFixture.AssertProblemAsync(await refusing.Http.GetAsync($"/.well-known/amnion/evidence?nonce={Nonce}"), 502, HostCodes.EnclaveUnreachable);
    }

    [Fact]
    public async Task Keys_are_the_keysets_in_the_format_of_rfc_9458()
    {
        await using var relay = await RelayFixture.StartAsync(AnswerAsync);

        using var response = await relay.Http.GetAsync("/.well-known/ohttp-keys");

        Assert.Equal("application/ohttp-keys", response.Content.Headers.ContentType!.MediaType);
        byte[] expected = [0, 1 + 2 + 65 + 2 + 8, 7, 0x00, 0x10, .. Samples.PublicKey, 0, 8, 0, 1, 0, 2, 0, 1, 0, 3];
        Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Keys_are_asked_for_once_within_their_life()
    {
        var time = new ManualTime();
        var asked = 0;
        await using var relay = await RelayFixture.StartAsync((frames, type, payload, cancellation) =>
        {
            Interlocked.Increment(ref asked);
            return AnswerAsync(frames, type, payload, cancellation);
        }, time: time);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => relay.Http.GetByteArrayAsync("/.well-known/ohttp-keys")));
        Assert.Equal(1, asked);
        time.Advance(TimeSpan.FromSeconds(10));
        _ = await relay.Http.GetByteArrayAsync("/.well-known/ohttp-keys");
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Health_is_numbers_and_its_status_says_ready()
    {
        await using var ready = await RelayFixture.StartAsync(AnswerAsync);
        using var response = await ready.Http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("{\"state\":5,\"starts\":1}\n", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Server"));

        await using var starting = await RelayFixture.StartAsync(AnswerAsync, state: EnclaveState.Starting);
        using var not = await starting.Http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, not.StatusCode);
    }

    [Fact]
    public async Task Metrics_stand_still_for_an_interval_and_are_numbers_only()
    {
        var time = new ManualTime();
        var telemetry = EnclaveTelemetry.Parse("""{"counters":{"answers":3},"events":[{"correlation":"00000000000000000000000000000000","hop":2,"kind":3,"outcome":0,"value":1}],"format":"amnion/telemetry/1","state":4}"""u8);
        await using var relay = await RelayFixture.StartAsync(AnswerAsync, time: time, telemetry: () => telemetry);

        var before = await relay.Http.GetStringAsync("/metrics");
        _ = await relay.Http.GetByteArrayAsync($"/.well-known/amnion/evidence?nonce={Nonce}");
        Assert.Equal(before, await relay.Http.GetStringAsync("/metrics"));
        time.Advance(new RelayOptions().MetricsInterval);
        var after = await relay.Http.GetStringAsync("/metrics");

        Assert.Contains("amnion_relay_evidence_total{outcome=\"ok\"} 0\n", before, StringComparison.Ordinal);
        Assert.Contains("amnion_relay_evidence_total{outcome=\"ok\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("amnion_enclave_state 5\n", after, StringComparison.Ordinal);
        Assert.Contains("amnion_enclave_answers_total 3\n", after, StringComparison.Ordinal);
        Assert.Contains("amnion_enclave_events{kind=\"3\",outcome=\"0\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("amnion_relay_exchange_duration_seconds_bucket{le=\"+Inf\"} 0\n", after, StringComparison.Ordinal);
        Assert.All(after.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^(# (HELP|TYPE) .*|[a-z_]+(\{[a-z]+=""[0-9a-zA-Z_.+]+""(,[a-z]+=""[0-9]+"")?\})? [0-9.]+)$", line));
    }

    [Fact]
    public async Task Unknown_paths_and_methods_have_no_body()
    {
        await using var relay = await RelayFixture.StartAsync(AnswerAsync);
        Assert.Equal(HttpStatusCode.NotFound, (await relay.Http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await relay.Http.GetAsync("/ohttp")).StatusCode);
    }

    [Fact]
    public void Options_report_every_problem_at_once()
    {
        var broken = new RelayOptions { MostExchanges = 0, EvidencePerSecond = 0, Url = new Uri("https://localhost") };
        var message = Assert.Throws<ArgumentException>(broken.Validate).Message;
        Assert.Contains("MostExchanges", message, StringComparison.Ordinal);
        Assert.Contains("EvidencePerSecond", message, StringComparison.Ordinal);
        Assert.Contains("Url", message, StringComparison.Ordinal);
    }
}
