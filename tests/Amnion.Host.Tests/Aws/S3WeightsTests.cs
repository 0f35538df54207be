using Amnion.Host.Aws;
using Amnion.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.Host.Tests.Aws;

public sealed class S3WeightsTests
{
    const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static readonly byte[] s_content = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * 13))];
    static readonly WeightsTransferOptions s_quick = new() { FirstPause = TimeSpan.FromMilliseconds(1) };

    [Theory]
    [InlineData("s3://models/clinic/v1", null, S3Style.Automatic, "https://models.s3.eu-central-1.amazonaws.com/clinic/v1/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://models", null, S3Style.Automatic, "https://models.s3.eu-central-1.amazonaws.com/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://models/x/", null, S3Style.Path, "https://s3.eu-central-1.amazonaws.com/models/x/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://mo.dels/x y", null, S3Style.Automatic, "https://s3.eu-central-1.amazonaws.com/mo.dels/x%20y/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://models/x", "http://storage.test:9000", S3Style.Automatic, "http://storage.test:9000/models/x/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://models/x", "http://storage.test:9000/base/", S3Style.Path, "http://storage.test:9000/base/models/x/files/a%2Bb.gguf.sealed")]
    [InlineData("s3://models/x", "http://storage.test:9000", S3Style.VirtualHost, "http://models.storage.test:9000/x/files/a%2Bb.gguf.sealed")]
    public void Objects_are_addressed_in_either_style(string address, string? endpoint, S3Style style, string expected)
    {
        var location = S3Location.Parse(address) with { Region = "eu-central-1", Endpoint = endpoint is null ? null : new Uri(endpoint), Style = style };
        Assert.Equal(expected, location.UrlOf("files/a+b.gguf.sealed").AbsoluteUri);
    }

    [Theory]
    [InlineData("https://models/x")]
    [InlineData("s3://")]
    [InlineData("s3://Models/x")]
    [InlineData("s3://a/x")]
    [InlineData("s3://models/../x")]
    [InlineData("s3://models/a//x")]
    [InlineData("s3://models/a?x")]
    [InlineData("s3://user@models/a")]
    public void Other_addresses_are_refused(string address) => Assert.Throws<FormatException>(() => S3Location.Parse(address));

    [Fact]
    public async Task Every_request_of_a_resumed_transfer_is_signed_over_what_is_on_the_wire()
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content, exchange.Number == 0 ? 9000 : int.MaxValue));
        using var http = HttpWeights.CreateClient();
        var source = S3Weights.Open(http, Location(server), "files/a+b.gguf.sealed", Identity("token/+="), s_quick, TimeProvider.System, NullLogger.Instance);

        await using var stream = await source.OpenAsync(s_content.Length, default);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);

        Assert.Equal(s_content, read.ToArray());
        Assert.Equal(2, server.Seen.Count);
        Assert.All(server.Seen, request =>
        {
            Assert.Equal("/models/clinic/files/a%2Bb.gguf.sealed", request.Target);
            Assert.Equal("token/+=", request.Header("X-Amz-Security-Token"));
            WireSignature.Verify(request, Secret, "us-east-1", "s3");
        });
        Assert.Contains("if-match;if-range;range;x-amz-content-sha256", server.Seen[1].Header("Authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_bucket_is_asked_without_a_signature()
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content));
        using var http = HttpWeights.CreateClient();

        await using var stream = await S3Weights.Open(http, Location(server), "m", null, s_quick, TimeProvider.System, NullLogger.Instance).OpenAsync(s_content.Length, default);

        Assert.DoesNotContain(Assert.Single(server.Seen).Headers.Keys, name => name.StartsWith("X-Amz", StringComparison.OrdinalIgnoreCase) || name == "Authorization");
    }

    [Fact]
    public async Task A_bucket_of_another_region_is_named_and_a_signed_request_follows_no_redirect()
    {
        await using var server = new RawHttpServer(exchange => exchange.AnswerAsync("301 Moved Permanently", "<Error><Code>PermanentRedirect</Code></Error>", "x-amz-bucket-region: eu-west-3", "Location: /elsewhere"));
        using var http = HttpWeights.CreateClient();

        var failed = await Assert.ThrowsAsync<WeightsException>(async () => await S3Weights.Open(http, Location(server), "m", Identity(), s_quick, TimeProvider.System, NullLogger.Instance).OpenAsync(5, default));

        Assert.Equal(HostCodes.WeightsRefused, failed.Code);
        Assert.EndsWith("answered 301 PermanentRedirect: the bucket is in eu-west-3.", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task Credentials_in_the_environment_that_ended_are_a_refusal()
    {
        await using var server = new RawHttpServer(exchange => exchange.AnswerAsync("400 Bad Request", "<Error><Code>ExpiredToken</Code></Error>"));
        using var http = HttpWeights.CreateClient();

        var failed = await Assert.ThrowsAsync<WeightsException>(async () => await S3Weights.Open(http, Location(server), "m", Identity(), s_quick, TimeProvider.System, NullLogger.Instance).OpenAsync(5, default));

        Assert.Equal(HostCodes.WeightsRefused, failed.Code);
        Assert.Contains("ExpiredToken", failed.Message, StringComparison.Ordinal);
    }

    static S3Location Location(RawHttpServer server) => S3Location.Parse("s3://models/clinic") with { Endpoint = server.Url };

    internal static AwsCredentialSource Identity(string? token = null) => new(
        name => name switch { "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY" => Secret, "AWS_SESSION_TOKEN" => token, _ => null },
        new HttpClient(),
        TimeProvider.System);
}
