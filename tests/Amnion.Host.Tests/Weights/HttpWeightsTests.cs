using System.Net;
using System.Text;
using Amnion.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Amnion.Host.Tests.Weights;

public sealed class HttpWeightsTests
{
    static readonly WeightsTransferOptions s_quick = new() { FirstPause = TimeSpan.FromMilliseconds(2), LongestPause = TimeSpan.FromMilliseconds(8), MaxAttempts = 5, ProgressLength = 1000 };
    static readonly byte[] s_content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    [Fact]
    public async Task Reads_an_object_whole()
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content));

        Assert.Equal(s_content, await ReadAsync(server));

        var request = Assert.Single(server.Seen);
        Assert.Equal("/files/m.gguf.sealed", request.Target);
        Assert.Equal("identity", request.Header("Accept-Encoding"));
        Assert.False(request.Headers.ContainsKey("Range"));
    }

    [Fact]
    public async Task Resumes_at_the_exact_byte_of_the_same_object_wherever_connections_break()
    {
        int[] breaks = [1, 65_535, 999, 20_000];
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content, exchange.Number < breaks.Length ? breaks[exchange.Number] : int.MaxValue));

        Assert.Equal(s_content, await ReadAsync(server));

        Assert.Equal([0L, 1, 65_536, 66_535, 86_535], server.Seen.Select(request => request.Offset));
        Assert.All(server.Seen.Skip(1), request =>
        {
            Assert.Equal("\"v1\"", request.Header("If-Match"));
            Assert.Equal("\"v1\"", request.Header("If-Range"));
        });
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_is_read_over_to_where_the_transfer_was()
    {
        await using var server = new RawHttpServer(async exchange =>
        {
            await exchange.HeadAsync("200 OK", $"Content-Length: {s_content.Length}", "ETag: \"v1\"");
            await exchange.Stream.WriteAsync(s_content.AsMemory(0, exchange.Number == 0 ? 70_000 : s_content.Length), exchange.Stop);
        });

        Assert.Equal(s_content, await ReadAsync(server));
        Assert.Equal(2, server.Seen.Count);
    }

    [Theory]
    [InlineData("412 Precondition Failed", "\"v2\"", false)]
    [InlineData("416 Range Not Satisfiable", "\"v2\"", false)]
    [InlineData("200 OK", "\"v2\"", false)]
    [InlineData("200 OK", "", false)]
    [InlineData("200 OK", "W/\"v1\"", false)]
    [InlineData("206 Partial Content", "\"v2\"", true)]
    [InlineData("206 Partial Content", "", true)]
    public async Task An_object_that_changed_is_refused_and_never_mixed(string status, string tag, bool range)
    {
        await using var server = new RawHttpServer(exchange => exchange.Number == 0
            ? exchange.ObjectAsync(s_content, 5000)
            : exchange.AnswerAsync(status, "other", [$"ETag: {tag}", .. range ? (string[])[$"Content-Range: bytes 5000-99999/100000"] : []]));

        var (read, failed) = await FailingAsync(server);

        Assert.Equal(HostCodes.WeightsChanged, failed.Code);
        Assert.Equal(s_content[..5000], read);
    }

    [Theory]
    [InlineData("bytes 4999-99999/100000", HostCodes.WeightsRefused)]
    [InlineData("bytes 5000-99998/100000", HostCodes.WeightsRefused)]
    [InlineData("bytes 5000-99999/100001", HostCodes.WeightsLength)]
    [InlineData("lines 5000-99999/100000", HostCodes.WeightsRefused)]
    public async Task A_range_that_was_not_asked_for_is_refused(string range, string code)
    {
        await using var server = new RawHttpServer(exchange => exchange.Number == 0
            ? exchange.ObjectAsync(s_content, 5000)
            : exchange.AnswerAsync("206 Partial Content", "other", "ETag: \"v1\"", $"Content-Range: {range}"));

        Assert.Equal(code, (await FailingAsync(server)).Failed.Code);
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_001)]
    public async Task A_length_that_is_not_the_manifests_is_refused_before_a_byte_is_read(int says)
    {
        await using var server = new RawHttpServer(exchange => exchange.HeadAsync("200 OK", $"Content-Length: {says}", "ETag: \"v1\"").AsTask());

        var (read, failed) = await FailingAsync(server);

        Assert.Equal(HostCodes.WeightsLength, failed.Code);
        Assert.Empty(read);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_001)]
    public async Task A_body_that_says_no_length_and_has_another_is_refused(int length)
    {
        await using var server = new RawHttpServer(exchange => ChunkedAsync(exchange, [.. s_content, 1], length));

        var (read, failed) = await FailingAsync(server);

        Assert.Equal(HostCodes.WeightsLength, failed.Code);
        Assert.Equal(Math.Min(length, s_content.Length), read.Length);
    }

    [Fact]
    public async Task A_body_that_says_no_length_and_has_the_right_one_is_read()
    {
        await using var server = new RawHttpServer(exchange => ChunkedAsync(exchange, s_content, s_content.Length));

        Assert.Equal(s_content, await ReadAsync(server));
    }

    [Fact]
    public async Task A_server_that_promises_more_than_it_sends_every_time_is_given_up()
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content, exchange.Offset == 0 ? 5000 : 0));

        var (read, failed) = await FailingAsync(server);

        Assert.Equal(HostCodes.WeightsUnreachable, failed.Code);
        Assert.Contains("byte 5000 of 100000 in 5 attempts", failed.Message, StringComparison.Ordinal);
        Assert.Equal(5000, read.Length);
        Assert.Equal(5, server.Seen.Count);
    }

    [Fact]
    public async Task Crumbs_do_not_keep_a_transfer_alive()
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content, 10));

        Assert.Equal(HostCodes.WeightsUnreachable, (await FailingAsync(server)).Failed.Code);
        Assert.Equal(5, server.Seen.Count);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        await using var server = new RawHttpServer(exchange => exchange.Number switch
        {
            0 => exchange.AnswerAsync("503 Service Unavailable", "", "Retry-After: 0"),
            1 => exchange.AnswerAsync("429 Too Many Requests", "slow down"),
            2 => exchange.AnswerAsync("500 Internal Server Error", ""),
            _ => exchange.ObjectAsync(s_content),
        });

        Assert.Equal(s_content, await ReadAsync(server));
        Assert.Equal(4, server.Seen.Count);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_long_pause_is_not_waited_for()
    {
        await using var server = new RawHttpServer(exchange => exchange.AnswerAsync("503 Service Unavailable", "", "Retry-After: 3600"));

        var failed = (await FailingAsync(server)).Failed;

        Assert.Equal(HostCodes.WeightsUnreachable, failed.Code);
        Assert.Contains("3600 seconds", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_connection_is_given_up_and_resumed()
    {
        await using var server = new RawHttpServer(async exchange =>
        {
            await exchange.ObjectAsync(s_content, exchange.Number == 0 ? 30_000 : int.MaxValue);
            if (exchange.Number == 0)
            {
                await Task.Delay(Timeout.Infinite, exchange.Stop);
            }
        });

        Assert.Equal(s_content, await ReadAsync(server, s_quick with { ReadLimit = TimeSpan.FromSeconds(1) }));
        Assert.Equal([0L, 30_000], server.Seen.Take(2).Select(request => request.Offset));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var server = new RawHttpServer(exchange => Task.Delay(Timeout.Infinite, exchange.Stop));

        var failed = (await FailingAsync(server, s_quick with { ResponseLimit = TimeSpan.FromMilliseconds(50), MaxAttempts = 2 })).Failed;

        Assert.Equal(HostCodes.WeightsUnreachable, failed.Code);
    }

    [Fact]
    public async Task Without_a_tag_a_strong_date_names_the_object()
    {
        const string Modified = "Sat, 21 Nov 2026 04:00:00 GMT";
        await using var server = new RawHttpServer(async exchange =>
        {
            var offset = (int)exchange.Offset;
            await exchange.HeadAsync(offset == 0 ? "200 OK" : "206 Partial Content", [$"Content-Length: {s_content.Length - offset}", "ETag: W/\"weak\"", $"Last-Modified: {Modified}", "Date: Sat, 21 Nov 2026 05:00:00 GMT", .. offset > 0 ? (string[])[$"Content-Range: bytes {offset}-99999/*"] : []]);
            await exchange.Stream.WriteAsync(s_content.AsMemory(offset, offset == 0 ? 4000 : s_content.Length - offset), exchange.Stop);
        });

        Assert.Equal(s_content, await ReadAsync(server));
        Assert.Equal(Modified, server.Seen[1].Header("If-Range"));
        Assert.Equal(Modified, server.Seen[1].Header("If-Unmodified-Since"));
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData("")]
    public async Task An_object_that_cannot_be_recognised_is_not_resumed(string tag)
    {
        await using var server = new RawHttpServer(exchange => exchange.ObjectAsync(s_content, 5000, tag));

        var failed = (await FailingAsync(server)).Failed;

        Assert.Equal(HostCodes.WeightsUnreachable, failed.Code);
        Assert.Contains("no strong entity tag", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData("404 Not Found", "")]
    [InlineData("403 Forbidden", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>secret words</Message></Error>")]
    [InlineData("204 No Content", "")]
    [InlineData("206 Partial Content", "")]
    [InlineData("401 Unauthorized", "\u001b[2J<Code>\u001b[2J</Code>")]
    public async Task What_is_no_object_is_refused_at_once_and_by_a_word_of_the_service_only(string status, string body)
    {
        await using var server = new RawHttpServer(exchange => exchange.AnswerAsync(status, body));

        var failed = (await FailingAsync(server)).Failed;

        Assert.Equal(HostCodes.WeightsRefused, failed.Code);
        Assert.EndsWith($"answered {status[..3]}{(body.Contains("AccessDenied", StringComparison.Ordinal) ? " AccessDenied" : "")}.", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task A_compressed_answer_is_refused()
    {
        await using var server = new RawHttpServer(exchange => exchange.AnswerAsync("200 OK", "xyz", "Content-Encoding: gzip"));

        Assert.Equal(HostCodes.WeightsRefused, (await FailingAsync(server)).Failed.Code);
    }

    [Fact]
    public async Task Redirects_are_followed_and_a_resumed_transfer_begins_at_the_first_address()
    {
        await using var server = new RawHttpServer(exchange => exchange.Target.StartsWith("/elsewhere", StringComparison.Ordinal)
            ? exchange.ObjectAsync(s_content, exchange.Offset == 0 ? 5000 : int.MaxValue)
            : exchange.AnswerAsync("302 Found", "", "Location: /elsewhere?signature=secret"));

        Assert.Equal(s_content, await ReadAsync(server));
        Assert.Equal(["/files/m.gguf.sealed", "/elsewhere?signature=secret", "/files/m.gguf.sealed", "/elsewhere?signature=secret"], server.Seen.Select(request => request.Target));
    }

    [Theory]
    [InlineData("https://example.org/a", "http://example.org/a")]
    [InlineData("http://example.org/a", "ftp://example.org/a")]
    [InlineData("http://example.org/a", "file:///etc/passwd")]
    [InlineData("http://example.org/a", "http://user:password@example.org/a")]
    [InlineData("http://example.org/a", "http://example.org/a")]
    public async Task Redirects_that_lead_out_or_have_no_end_are_refused(string from, string to)
    {
        using var http = new HttpClient(new Answering(_ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri(to) } }));
        var source = new HttpWeights(http, new Uri(from), s_quick, TimeProvider.System, NullLogger.Instance);

        var failed = await Assert.ThrowsAsync<WeightsException>(async () => await source.OpenAsync(5, default));

        Assert.Equal(HostCodes.WeightsRefused, failed.Code);
        Assert.DoesNotContain("password", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.org/a")]
    [InlineData("https://user@example.org/a")]
    [InlineData("https://example.org/a#b")]
    public void Addresses_with_a_user_name_or_another_scheme_are_no_source(string address)
    {
        using var http = HttpWeights.CreateClient();
        Assert.Throws<ArgumentException>(() => new HttpWeights(http, new Uri(address), s_quick, TimeProvider.System, NullLogger.Instance));
    }

    [Fact]
    public async Task No_message_shows_a_query()
    {
        using var http = new HttpClient(new Answering(_ => new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("") }));
        var source = new HttpWeights(http, new Uri("https://example.org/m.sealed?X-Amz-Signature=secret"), s_quick, TimeProvider.System, NullLogger.Instance);

        Assert.Equal("https://example.org/m.sealed", source.Description);
        Assert.DoesNotContain("secret", (await Assert.ThrowsAsync<WeightsException>(async () => await source.OpenAsync(5, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        await using var server = new RawHttpServer(exchange =>
        {
            cancellation.Cancel();
            return Task.Delay(Timeout.Infinite, exchange.Stop);
        });
        using var http = HttpWeights.CreateClient();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Source(server, http, s_quick).OpenAsync(5, cancellation.Token));
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_keep_to_the_server_and_are_spread()
    {
        var options = new WeightsTransferOptions { MaxAttempts = 20 };
        var attempts = new TransferAttempts("x", 10, options);
        var reason = new WeightsInterruptedException("broke");

        Assert.Equal([500.0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000], Enumerable.Range(0, 8).Select(_ => attempts.NextPause(reason, below => below - 1).TotalMilliseconds));
        Assert.Equal(15_000, attempts.NextPause(reason, _ => 0).TotalMilliseconds);
        Assert.Equal(90 + 7.5, attempts.NextPause(new WeightsInterruptedException("busy", TimeSpan.FromSeconds(90)), _ => 0).TotalSeconds);
    }

    static HttpWeights Source(RawHttpServer server, HttpClient http, WeightsTransferOptions options) =>
        new(http, new Uri(server.Url, "files/m.gguf.sealed"), options, TimeProvider.System, NullLogger.Instance);

    static async Task<byte[]> ReadAsync(RawHttpServer server, WeightsTransferOptions? options = null)
    {
        using var http = HttpWeights.CreateClient();
        await using var stream = await Source(server, http, options ?? s_quick).OpenAsync(s_content.Length, default);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }

    static async Task<(byte[] Read, WeightsException Failed)> FailingAsync(RawHttpServer server, WeightsTransferOptions? options = null)
    {
        using var http = HttpWeights.CreateClient();
        using var read = new MemoryStream();
        var failed = await Assert.ThrowsAsync<WeightsException>(async () =>
        {
            await using var stream = await Source(server, http, options ?? s_quick).OpenAsync(s_content.Length, default);
            var buffer = new byte[7000];
            for (int part; (part = await stream.ReadAsync(buffer)) > 0;)
            {
                read.Write(buffer, 0, part);
            }
        });
        return (read.ToArray(), failed);
    }

    static async Task ChunkedAsync(RawExchange exchange, byte[] content, int length)
    {
        await exchange.HeadAsync("200 OK", "Transfer-Encoding: chunked", "ETag: \"v1\"");
        for (var at = 0; at < length; at += 30_000)
        {
            var part = content.AsMemory(at, Math.Min(30_000, length - at));
            await exchange.Stream.WriteAsync(Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), exchange.Stop);
            await exchange.Stream.WriteAsync(part, exchange.Stop);
            await exchange.Stream.WriteAsync("\r\n"u8.ToArray(), exchange.Stop);
        }

        await exchange.Stream.WriteAsync("0\r\n\r\n"u8.ToArray(), exchange.Stop);
    }

    sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
