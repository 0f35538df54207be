using System.Net;
using System.Text;
using Amnion.Host.Relay;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Host.Tests.Relay;

public sealed class SealedEndpointTests
{
    [Fact]
    public async Task A_request_goes_in_whole_and_the_answer_comes_back_whole()
    {
        byte[] request = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
        byte[] answer = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 11))];
        byte[]? seen = null;
        await using var relay = await RelayFixture.StartAsync(async (frames, type, payload, cancellation) =>
        {
            seen = await FakeEnclave.ReadRequestAsync(frames, type, payload, cancellation);
            foreach (var piece in answer.Chunk(FrameLimits.SealedData))
            {
                await frames.WriteAsync(FrameType.ResponseData, piece, cancellation);
            }

            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });

        using var response = await relay.PostAsync(new ByteArrayContent(request));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("message/ohttp-chunked-res", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(answer, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(request, seen);
    }

    [Fact]
    public async Task Pieces_pass_in_both_directions_while_the_request_still_arrives()
    {
        var arrived = new TaskCompletionSource<byte[]>();
        await using var relay = await RelayFixture.StartAsync(async (frames, _, payload, cancellation) =>
        {
            arrived.SetResult(payload);
            await frames.WriteAsync(FrameType.ResponseData, "first"u8.ToArray(), cancellation);
            while ((await frames.ReadAsync(cancellation))!.Value.Type != FrameType.RequestEnd)
            {
            }

            await frames.WriteAsync(FrameType.ResponseData, "second"u8.ToArray(), cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });
        using var http = new RawHttp(relay.Server.Address);
        await http.BeginAsync();
        await http.ChunkAsync(1, 2, 3);

        // The enclave has the first piece, and the caller the first of the answer, before the request ends: nothing is held back.
        Assert.Equal([1, 2, 3], await arrived.Task);
        var first = await http.ReadUntilAsync("5\r\nfirst\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", first, StringComparison.Ordinal);
        await http.ChunkAsync(4);
        await http.ChunkAsync();
        Assert.NotNull(await http.ReadUntilAsync("6\r\nsecond\r\n0\r\n\r\n"));
    }

    [Theory]
    [InlineData("AMN-ENC-0051", 422, "https://iana.org/assignments/http-problem-types#ohttp-key")]
    [InlineData("AMN-ENC-0055", 422, "https://iana.org/assignments/http-problem-types#ohttp-key")]
    [InlineData("AMN-ENC-0054", 400, null)]
    [InlineData("AMN-ENC-0053", 409, null)]
    [InlineData("AMN-ENC-0056", 413, null)]
    [InlineData("AMN-ENC-0014", 503, null)]
    [InlineData("AMN-ENC-0015", 504, null)]
    [InlineData("AMN-ENC-0016", 502, null)]
    public async Task A_refusal_before_the_first_byte_is_a_problem_with_the_enclaves_code(string code, int status, string? type)
    {
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            await frames.FailAsync(code, cancellation);
        });

        using var response = await relay.PostAsync(new ByteArrayContent(new byte[100]));

        await RelayFixture.AssertProblemAsync(response, status, code, type);
        Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task A_refusal_before_the_request_ended_is_passed_on_at_once()
    {
        await using var relay = await RelayFixture.StartAsync((frames, _, _, cancellation) => frames.FailAsync("AMN-ENC-0051", cancellation).AsTask());
        using var http = new RawHttp(relay.Server.Address);
        await http.BeginAsync();
        await http.ChunkAsync(new byte[100]);

        var answer = await http.ReadUntilAsync("AMN-ENC-0051");
        Assert.StartsWith("HTTP/1.1 422 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_connection_that_was_answered_early_serves_the_next_exchange(bool wholeAnswer, bool chunked)
    {
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            if (payload[0] == 1 && !wholeAnswer)
            {
                await frames.FailAsync("AMN-ENC-0051", cancellation);
                return;
            }

            await frames.WriteAsync(FrameType.ResponseData, payload[0] == 1 ? "early"u8.ToArray() : "later"u8.ToArray(), cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });
        using var http = new RawHttp(relay.Server.Address);
        async Task BeginAsync(params byte[] data)
        {
            await (chunked ? http.BeginAsync() : http.DeclareAsync(data.Length + 1));
            await (chunked ? http.ChunkAsync(data) : http.SendAsync(data));
        }

        async Task EndAsync(params byte[] data)
        {
            await (chunked ? http.ChunkAsync(data) : http.SendAsync(data));
            await (chunked ? http.ChunkAsync() : ValueTask.CompletedTask);
        }

        for (var round = 0; round < 5; round++)
        {
            await BeginAsync(1, 2, 3);
            Assert.NotNull(await http.ReadUntilAsync(wholeAnswer ? "5\r\nearly\r\n0\r\n\r\n" : "AMN-ENC-0051\"}"));

            // The caller sends its request to the end, as HTTP asks for, and uses the connection again: nobody told it not to.
            await EndAsync(4);
            await BeginAsync(2, 2, 3);
            await EndAsync(4);
            Assert.NotNull(await http.ReadUntilAsync("5\r\nlater\r\n0\r\n\r\n"));
        }
    }

    [Fact]
    public async Task An_answer_that_breaks_off_ends_as_a_broken_connection_never_as_a_whole_answer()
    {
        foreach (var fails in new[] { true, false })
        {
            await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
            {
                _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
                await frames.WriteAsync(FrameType.ResponseData, new byte[1000], cancellation);
                if (fails)
                {
                    await frames.FailAsync("AMN-ENC-0016", cancellation);
                }
            });

            // The break may overtake what was sent before it, head included.
            await Assert.ThrowsAsync<HttpRequestException>(async () =>
            {
                using var response = await relay.PostAsync(new ByteArrayContent(new byte[100]));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                _ = await response.Content.ReadAsByteArrayAsync();
            });
            Assert.Contains(relay.Log.Lines, line => line.StartsWith("1105 ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_body_over_eight_mebibytes_is_refused_with_and_without_a_declared_length()
    {
        var connections = 0;
        var ended = new TaskCompletionSource<bool>();
        await using var relay = await RelayFixture.StartAsync(async (frames, _, _, cancellation) =>
        {
            Interlocked.Increment(ref connections);
            var whole = false;
            while (await frames.ReadAsync(cancellation) is { } frame)
            {
                whole |= frame.Type == FrameType.RequestEnd;
            }

            ended.SetResult(whole);
        });

        using var declared = new RawHttp(relay.Server.Address);
        await declared.DeclareAsync(FrameLimits.SealedRequest + 1);
        Assert.Contains(HostCodes.RequestTooLarge, await declared.ReadUntilAsync("}"), StringComparison.Ordinal);
        Assert.Equal(0, connections);

        using var chunked = new RawHttp(relay.Server.Address);
        await chunked.BeginAsync();
        for (var i = 0; i < 8; i++)
        {
            await chunked.ChunkAsync(new byte[1024 * 1024]);
        }

        await chunked.ChunkAsync(1);
        Assert.StartsWith("HTTP/1.1 413 ", await chunked.ReadUntilAsync(HostCodes.RequestTooLarge), StringComparison.Ordinal);
        Assert.False(await ended.Task);
    }

    [Fact]
    public async Task A_body_of_exactly_eight_mebibytes_passes()
    {
        var length = 0;
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            length = (await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation)).Length;
            await frames.WriteAsync(FrameType.ResponseData, new byte[1], cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });

        using var response = await relay.PostAsync(new ByteArrayContent(new byte[FrameLimits.SealedRequest]));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(FrameLimits.SealedRequest, length);
    }

    [Fact]
    public async Task Silence_of_the_enclave_ends_at_the_idle_limit()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }, time: time);

        var posting = relay.PostAsync(new ByteArrayContent(new byte[10]));
        await asked.Task;
        while (!posting.IsCompleted)
        {
            // The last piece's progress may be noted a moment after the enclave saw it.
            time.Advance(new RelayOptions().IdleLimit);
            await Task.Yield();
        }

        await RelayFixture.AssertProblemAsync(await posting, 504, HostCodes.EnclaveTimeout);
    }

    [Fact]
    public async Task A_caller_that_leaves_closes_the_enclaves_connection()
    {
        var answered = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            await frames.WriteAsync(FrameType.ResponseData, new byte[10], cancellation);
            answered.SetResult();
            Assert.Null(await frames.ReadAsync(cancellation));
            closed.SetResult();
        });

        using (await relay.PostAsync(new ByteArrayContent(new byte[10])))
        {
            await answered.Task;
        }

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_slow_caller_holds_the_enclave_back()
    {
        long written = 0;
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            for (var i = 0; i < 2048; i++)
            {
                await frames.WriteAsync(FrameType.ResponseData, new byte[FrameLimits.SealedData], cancellation);
                Interlocked.Add(ref written, FrameLimits.SealedData);
            }

            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });

        using var response = await relay.PostAsync(new ByteArrayContent(new byte[10]));
        await using var stream = await response.Content.ReadAsStreamAsync();
        var last = -1L;
        for (var still = 0; still < 5;)
        {
            await Task.Delay(20);
            var now = Interlocked.Read(ref written);
            still = now == last ? still + 1 : 0;
            last = now;
        }

        // 128 MiB are offered; what stands between enclave and caller are socket buffers, not the whole answer.
        Assert.InRange(last, 1, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task One_address_that_asks_too_fast_is_turned_away_before_the_enclave()
    {
        var asked = 0;
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            Interlocked.Increment(ref asked);
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            await frames.WriteAsync(FrameType.ResponseData, new byte[1], cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        }, new RelayOptions { ExchangesPerSecondPerAddress = 1, ExchangeBurstPerAddress = 2 });
        HttpResponseMessage answer;
        var sent = 0;
        while ((answer = await relay.PostAsync(new ByteArrayContent(new byte[10]))).IsSuccessStatusCode && ++sent < 100)
        {
            answer.Dispose();
        }

        using (answer)
        {
            await RelayFixture.AssertProblemAsync(answer, 429, HostCodes.RequestRateLimited);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.InRange(sent, 2, 99);
        Assert.Equal(sent, asked);
    }

    [Fact]
    public async Task More_exchanges_than_allowed_are_turned_away()
    {
        var waiting = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            waiting.Release();
            await release.Task;
            await frames.WriteAsync(FrameType.ResponseData, new byte[1], cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        }, new RelayOptions { MostExchanges = 2 });
        var running = Enumerable.Range(0, 2).Select(_ => relay.PostAsync(new ByteArrayContent(new byte[10]))).ToList();
        await waiting.WaitAsync();
        await waiting.WaitAsync();

        using (var refused = await relay.PostAsync(new ByteArrayContent(new byte[10])))
        {
            await RelayFixture.AssertProblemAsync(refused, 503, HostCodes.RelayBusy);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        release.SetResult();
        Assert.All(await Task.WhenAll(running), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        await using var relay = await RelayFixture.StartAsync((_, _, _, _) => Task.CompletedTask);

        using var response = await relay.PostAsync(new StringContent("{}", Encoding.UTF8, "application/json"));

        await RelayFixture.AssertProblemAsync(response, 415, HostCodes.WrongContentType);
    }

    [Theory]
    [InlineData(EnclaveState.Starting)]
    [InlineData(EnclaveState.Booted)]
    [InlineData(EnclaveState.Loaded)]
    [InlineData(EnclaveState.Restarting)]
    public async Task Before_the_enclave_is_ready_requests_are_turned_away(EnclaveState state)
    {
        await using var relay = await RelayFixture.StartAsync((_, _, _, _) => Task.CompletedTask, state: state);

        using var response = await relay.PostAsync(new ByteArrayContent(new byte[10]));

        await RelayFixture.AssertProblemAsync(response, 503, HostCodes.NotReady);
    }

    [Fact]
    public async Task An_enclave_that_is_gone_is_a_bad_gateway()
    {
        await using var relay = await RelayFixture.StartAsync((_, _, _, _) => Task.CompletedTask);
        File.Delete(relay.Enclave.SocketPath);

        using var response = await relay.PostAsync(new ByteArrayContent(new byte[10]));

        await RelayFixture.AssertProblemAsync(response, 502, HostCodes.EnclaveUnreachable);
    }

    [Fact]
    public async Task The_log_names_the_exchange_by_its_derived_id_and_nothing_of_its_bytes()
    {
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            _ = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            await frames.WriteAsync(FrameType.ResponseData, "THE ANSWER"u8.ToArray(), cancellation);
            await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
        });
        byte[] enc = [.. Enumerable.Range(0, 65).Select(i => (byte)i)];
        byte[] request = [7, 0x00, 0x10, 0x00, 0x01, 0x00, 0x02, .. enc, .. "THE QUESTION"u8];

        using var response = await relay.PostAsync(new ByteArrayContent(request));
        _ = await response.Content.ReadAsByteArrayAsync();
        await relay.Server.DisposeAsync();

        Assert.Contains(relay.Log.Lines, line => line.StartsWith("1102 ", StringComparison.Ordinal) && line.Contains(Receipt.IdOf(enc), StringComparison.Ordinal) && line.Contains("Ok", StringComparison.Ordinal));
        Assert.DoesNotContain(relay.Log.Lines, line => line.Contains("THE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exchanges_that_break_leak_nothing_and_never_disturb_the_ones_beside_them()
    {
        await using var relay = await RelayFixture.StartAsync(async (frames, first, payload, cancellation) =>
        {
            var kind = payload[0];
            if (kind == 1)
            {
                return; // closes while the request still arrives
            }

            var request = await FakeEnclave.ReadRequestAsync(frames, first, payload, cancellation);
            if (kind == 2)
            {
                await frames.FailAsync("AMN-ENC-0051", cancellation);
                return;
            }

            foreach (var piece in request.Chunk(7000))
            {
                await frames.WriteAsync(FrameType.ResponseData, piece, cancellation);
            }

            if (kind != 3)
            {
                await frames.WriteAsync(FrameType.ResponseEnd, default, cancellation);
            }
        });
        var whole = 0;
        async Task ExchangeAsync(int number)
        {
            byte[] request = [(byte)(number % 5), .. Enumerable.Range(0, 1 + (number * 7919 % 200_000)).Select(i => (byte)(i + number))];
            using var leaves = new CancellationTokenSource();
            try
            {
                using var response = await relay.PostAsync(new ByteArrayContent(request), leaves.Token);
                if (request[0] == 4)
                {
                    await leaves.CancelAsync(); // leaves in the middle of the answer
                }

                var answer = await response.Content.ReadAsByteArrayAsync(leaves.Token);
                if (request[0] == 0)
                {
                    Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(answer));
                    Assert.Equal(request, answer);
                    Interlocked.Increment(ref whole);
                }
            }
            catch (Exception e) when (request[0] != 0 && e is HttpRequestException or OperationCanceledException)
            {
                // Broken off, as the kind says.
            }
        }

        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(round * 20, 20).Select(ExchangeAsync));
        }

        Assert.Equal(40, whole);

        // Unix sockets named after this enclave: its listener and what is being closed right now.
        var named = File.ReadAllLines("/proc/net/unix").Count(line => line.Contains(relay.Enclave.SocketPath, StringComparison.Ordinal));
        Assert.InRange(named, 1, 10);
    }
}
