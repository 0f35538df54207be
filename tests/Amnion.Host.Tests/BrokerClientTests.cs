using System.Net;
using System.Text;
using System.Text.Json;

namespace Amnion.Host.Tests;

public sealed class BrokerClientTests
{
    [Fact]
    public async Task The_release_carries_challenge_and_evidence_as_they_were_received()
    {
        var challenge = Samples.Challenge("model-7");
        var evidence = Samples.Bundle([1]).ToJson();
        string? body = null;
        var client = Client(request =>
        {
            Assert.Equal(HttpMethod.Post, request.Method);
            if (request.RequestUri!.AbsolutePath == "/base/v1/keys/model-7/challenge")
            {
                return Json(HttpStatusCode.OK, challenge);
            }

            Assert.Equal("/base/v1/keys/model-7/release", request.RequestUri.AbsolutePath);
            body = request.Content!.ReadAsStringAsync().Result;
            return Json(HttpStatusCode.OK, Samples.Wrapped("model-7"));
        });

        Assert.Equal(challenge, await client.GetChallengeAsync("model-7", default));
        Assert.Equal(Samples.Wrapped("model-7"), await client.ReleaseAsync("model-7", challenge, evidence, default));

        Assert.Equal($$"""{"challenge":{{Encoding.UTF8.GetString(challenge)}},"evidence":{{Encoding.UTF8.GetString(evidence)}}}""", body);
        using var parsed = JsonDocument.Parse(body!);
    }

    [Fact]
    public async Task A_refusal_carries_the_brokers_code_and_every_failed_check()
    {
        var client = Client(_ => Json(HttpStatusCode.Forbidden, """
            {"type":"about:blank","title":"Refused","status":403,"code":"AMN-KEY-0203","detail":"the policy is not satisfied",
             "checks":[{"code":"AMN-NITRO-0010","name":"register 0","expected":"sha384:aa","actual":"sha384:bb"},{"code":"AMN-NITRO-0011","name":"anchor"}]}
            """u8.ToArray()));

        var refused = await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => client.ReleaseAsync("k", Samples.Challenge("k"), "{}"u8.ToArray(), default));

        Assert.Equal("AMN-KEY-0203", refused.Code);
        Assert.Equal("k", refused.KeyId);
        Assert.Equal([new RefusedCheck("AMN-NITRO-0010", "register 0", "sha384:aa", "sha384:bb"), new RefusedCheck("AMN-NITRO-0011", "anchor", null, null)], refused.Checks);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"code":"AMN-KEY-0109","title":"busy"}""")]
    [InlineData(HttpStatusCode.TooManyRequests, """{"code":"AMN-KEY-0108","title":"busy"}""")]
    [InlineData(HttpStatusCode.Conflict, """{"code":"AMN-KEY-0105","title":"expired"}""")]
    [InlineData(HttpStatusCode.NotFound, "<html>proxy</html>")]
    [InlineData(HttpStatusCode.Forbidden, "[1]")]
    [InlineData(HttpStatusCode.OK, "{}")]
    [InlineData(HttpStatusCode.OK, "not json")]
    public async Task Trouble_that_is_no_decision_is_a_broker_error(HttpStatusCode status, string body)
    {
        var client = Client(_ => Json(status, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(HostCodes.BrokerUnreachable, (await Assert.ThrowsAsync<BrokerException>(() => client.GetChallengeAsync("k", default))).Code);
    }

    [Fact]
    public async Task An_answer_for_another_key_is_refused()
    {
        var client = Client(request => Json(HttpStatusCode.OK, request.RequestUri!.AbsolutePath.EndsWith("challenge", StringComparison.Ordinal) ? Samples.Challenge("other") : Samples.Wrapped("other")));

        await Assert.ThrowsAsync<BrokerException>(() => client.GetChallengeAsync("k", default));
        await Assert.ThrowsAsync<BrokerException>(() => client.ReleaseAsync("k", Samples.Challenge("k"), "{}"u8.ToArray(), default));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_at_its_limit()
    {
        var client = Client(_ => Json(HttpStatusCode.OK, new byte[1024 * 1024]));

        Assert.Contains("longer than", (await Assert.ThrowsAsync<BrokerException>(() => client.GetChallengeAsync("k", default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_connection_is_a_broker_error()
    {
        var client = Client(_ => throw new HttpRequestException("connection refused"));

        Assert.Equal(HostCodes.BrokerUnreachable, (await Assert.ThrowsAsync<BrokerException>(() => client.GetChallengeAsync("k", default))).Code);
    }

    [Fact]
    public async Task Control_characters_of_a_broker_never_reach_the_terminal()
    {
        var client = Client(_ => Json(HttpStatusCode.Forbidden, """{"code":"AMN-KEY-0203","title":"a\u001b[2Jb\nc"}"""u8.ToArray()));

        var refused = await Assert.ThrowsAsync<KeyReleaseRefusedException>(() => client.GetChallengeAsync("k", default));

        Assert.EndsWith("a[2Jbc", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_release_is_carried_as_it_was_received()
    {
        var client = Client(request =>
        {
            Assert.Equal(HttpMethod.Get, request.Method);
            Assert.Null(request.Content);
            return request.RequestUri!.AbsolutePath switch
            {
                "/base/v1/configuration" => Json(HttpStatusCode.OK, "whatever is signed"u8.ToArray()),
                "/base/v1/configuration/signer" => Json(HttpStatusCode.OK, new Records.ConfigurationSigner { PublicKey = [1, 2] }.ToJson()),
                _ => new HttpResponseMessage(HttpStatusCode.NotFound),
            };
        });

        Assert.Equal("whatever is signed"u8.ToArray(), await client.GetConfigurationAsync(default));
        Assert.Equal(Records.Digest.Sha256([1, 2]), (await client.GetConfigurationSignerAsync(default)).Digest);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, """{"code":"AMN-KEY-0008","title":"altered"}""")]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.OK, "{}")]
    public async Task A_broker_without_a_usable_signer_is_a_broker_error(HttpStatusCode status, string body)
    {
        var client = Client(_ => Json(status, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(HostCodes.BrokerUnreachable, (await Assert.ThrowsAsync<BrokerException>(() => client.GetConfigurationSignerAsync(default))).Code);
    }

    static BrokerClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(new HttpClient(new Answering(answer)), new Uri("http://broker.test/base/"));

    static HttpResponseMessage Json(HttpStatusCode status, byte[] body) => new(status) { Content = new ByteArrayContent(body) };

    sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
