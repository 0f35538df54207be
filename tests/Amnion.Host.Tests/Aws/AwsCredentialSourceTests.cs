using Amnion.Host.Aws;
using Amnion.Testing;

namespace Amnion.Host.Tests.Aws;

public sealed class AwsCredentialSourceTests
{
    readonly ManualTime _time = new();

    [Fact]
    public async Task The_environment_comes_first()
    {
        var source = Source(name => name switch { "AWS_ACCESS_KEY_ID" => "id", "AWS_SECRET_ACCESS_KEY" => "secret", "AWS_SESSION_TOKEN" => "", _ => null });

        var found = await source.GetAsync(default);

        Assert.Equal(("id", "secret", (string?)null), (found.AccessKeyId, found.SecretAccessKey, found.SessionToken));
        Assert.False(source.Renew());
    }

    [Fact]
    public async Task The_role_of_an_instance_is_asked_for_in_a_session_and_kept_until_shortly_before_its_end()
    {
        var fetched = 0;
        await using var metadata = new RawHttpServer(exchange => (exchange.Method, exchange.Target) switch
        {
            ("PUT", "/latest/api/token") when exchange.Header("X-aws-ec2-metadata-token-ttl-seconds") == "300" => exchange.AnswerAsync("200 OK", "session"),
            ("GET", "/latest/meta-data/iam/security-credentials/") when exchange.Header("X-aws-ec2-metadata-token") == "session" => exchange.AnswerAsync("200 OK", "amnion-host\n"),
            ("GET", "/latest/meta-data/iam/security-credentials/amnion-host") when exchange.Header("X-aws-ec2-metadata-token") == "session" =>
                exchange.AnswerAsync("200 OK", $$"""{"Code":"Success","AccessKeyId":"id{{Interlocked.Increment(ref fetched)}}","SecretAccessKey":"s","Token":"t","Expiration":"{{_time.GetUtcNow().AddMinutes(30):yyyy-MM-ddTHH:mm:ssZ}}"}"""),
            _ => exchange.AnswerAsync("401 Unauthorized", ""),
        });
        var source = Source(name => name == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? metadata.Url.AbsoluteUri : null);

        Assert.Equal("id1", (await source.GetAsync(default)).AccessKeyId);
        _time.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal("id1", (await source.GetAsync(default)).AccessKeyId);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("id2", (await source.GetAsync(default)).AccessKeyId);
        Assert.True(source.Renew());
        Assert.Equal(("id3", "t"), ((await source.GetAsync(default)).AccessKeyId, (await source.GetAsync(default)).SessionToken));
    }

    [Theory]
    [InlineData("404 Not Found", "")]
    [InlineData("200 OK", "not json")]
    [InlineData("200 OK", "{}")]
    public async Task A_machine_without_a_role_has_no_credentials(string status, string body)
    {
        await using var metadata = new RawHttpServer(exchange => exchange.AnswerAsync(status, body));
        var source = Source(name => name == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? metadata.Url.AbsoluteUri : null);

        Assert.Equal(HostCodes.CredentialsMissing, (await Assert.ThrowsAsync<CredentialsException>(async () => await source.GetAsync(default))).Code);
    }

    [Fact]
    public async Task A_metadata_service_that_is_switched_off_is_not_asked()
    {
        var source = Source(name => name switch { "AWS_EC2_METADATA_DISABLED" => "TRUE", "AWS_EC2_METADATA_SERVICE_ENDPOINT" => "http://127.0.0.1:1", _ => null });

        Assert.Contains("AWS_EC2_METADATA_DISABLED", (await Assert.ThrowsAsync<CredentialsException>(async () => await source.GetAsync(default))).Message, StringComparison.Ordinal);
    }

    AwsCredentialSource Source(Func<string, string?> environment) => new(environment, new HttpClient(), _time);
}
