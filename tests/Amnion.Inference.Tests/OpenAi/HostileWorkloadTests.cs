using System.Globalization;
using Amnion.Testing;

namespace Amnion.Inference.Tests.OpenAi;

/// <summary>Servers that were taken over or are broken: whatever they send, the request ends with a code, in bounded time and memory.</summary>
public sealed class HostileWorkloadTests
{
    const string Violation = InferenceCodes.WorkloadViolatedProtocol;
    const string Failure = InferenceCodes.WorkloadFailed;
    const string Text = """{"choices":[{"index":0,"delta":{"content":"a"}}]}""";
    const string End = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    public static TheoryData<string, string> Chunks => new()
    {
        { """{"choices":[{"index":0,"delta":{"content":5}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"content":["a"]}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":"a"}]}""", Violation },
        { """{"choices":[{"index":1,"delta":{"content":"a"}}]}""", Violation },
        { """{"choices":[{"index":-1,"delta":{"content":"a"}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}""", Violation },
        { """{"choices":{"index":0}}""", Violation },
        { """{"choices":[7]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"content":"a"}}],"choices":[]}""", Violation },
        { """{"choices":[{"index":NaN,"delta":{"content":"a"}}]}""", Violation },
        { """{"choices":[],"usage":{"prompt_tokens":NaN,"completion_tokens":1}}""", Violation },
        { """{"choices":[],"usage":{"prompt_tokens":1.5,"completion_tokens":1}}""", Violation },
        { """{"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1}}""", Violation },
        { """{"choices":[],"usage":{"prompt_tokens":99999999999,"completion_tokens":1}}""", Violation },
        { """{"choices":[],"usage":[]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"content":"\ud800"}}]}""", Violation },
        { "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\u00ff\u00fe\"}}]}", Violation },
        { """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"not_offered","arguments":""}}]}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":3,"function":{"name":"f","arguments":""}}]}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"type":"computer","function":{"name":"f"}}]}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{"tool_calls":{}}}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{},"finish_reason":7}]}""", Violation },
        { """{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}""", Failure },
        { """{"choices":[{"index":0,"delta":{},"finish_reason":"abort"}]}""", Failure },
        { """{"error":{"message":"the caller's own words","type":"server_error"}}""", Failure },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", Violation },
        { "null", Violation },
        { "{", Violation },
        { "not json at all", Violation },
        { "", Violation },
        { "[DONE]", Failure },
    };

    [Theory]
    [MemberData(nameof(Chunks))]
    public async Task An_event_that_is_none_ends_the_answer(string data, string code)
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Events(Text, data, End, "[DONE]"));
        Assert.Equal(code, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", Violation)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:22/\r\nContent-Length: 0\r\n\r\n", Violation)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", Violation)]
    [InlineData("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n", Failure)]
    [InlineData("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n", InferenceCodes.Busy)]
    [InlineData("HTTP/1.1 429 x\r\nContent-Length: 0\r\n\r\n", InferenceCodes.Busy)]
    [InlineData("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n", InferenceCodes.WorkloadRefused)]
    [InlineData("HTTP/1.1 400 x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", InferenceCodes.WorkloadRefused)]
    [InlineData("HTTP/1.1 400 x\r\nContent-Length: 999999999\r\n\r\n{", InferenceCodes.WorkloadRefused)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", Violation)]
    [InlineData("HTTP/9.9 200 OK\r\n\r\n", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: -5\r\n\r\n", Failure)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", Violation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nda", Failure)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 500\r\n\r\ndata: ", Failure)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nerror: {\"message\":\"x\"}\n\n", Failure)]
    [InlineData("", Failure)]
    public async Task An_answer_that_is_none_ends_with_its_code(string response, string code)
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(response);
        Assert.Equal(code, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Theory]
    [InlineData("{\"error\":{\"code\":400,\"message\":\"m\",\"type\":\"exceed_context_size_error\"}}")]
    [InlineData("{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"m\",\"type\":\"invalid_request_error\"}}")]
    public async Task A_prompt_that_is_too_long_is_told_from_other_refusals(string error)
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Response("application/json", error, 400));
        Assert.Equal(InferenceCodes.PromptTooLong, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Fact]
    public async Task An_answer_cut_before_its_end_is_not_taken_as_whole()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.ChunkedHead + FakeOpenAiServer.Chunk($"data: {Text}\n\n") + "0\r\n\r\n");
        Assert.Equal(Failure, await workload.CodeOfAsync(TestWorkload.Chat("x")));
        workload.Server.Say(FakeOpenAiServer.Events(Text, End, Text, "[DONE]"));
        Assert.Equal(Violation, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Fact]
    public async Task An_answer_cut_anywhere_is_whole_or_fails()
    {
        await using var workload = await TestWorkload.StartAsync();
        var whole = FakeOpenAiServer.ChunkedHead + FakeOpenAiServer.Chunk($"data: {Text}\r\n\r\n: ping\r\ndata: {End}\n\nda") + FakeOpenAiServer.Chunk("ta: [DONE]\n\n") + "0\r\n\r\n";
        var done = whole.IndexOf("[DONE]\n\n", StringComparison.Ordinal) + "[DONE]\n\n".Length;
        for (var cut = 0; cut < whole.Length; cut += 3)
        {
            workload.Server.Say(whole[..cut]);
            var last = (await workload.AskAsync(TestWorkload.Chat("x")))[^1];
            Assert.Equal(cut >= done, last is GenerationEvent.Completed);
        }
    }

    [Theory]
    [InlineData("line")]
    [InlineData("lines")]
    [InlineData("comments")]
    [InlineData("events")]
    [InlineData("text")]
    [InlineData("headers")]
    [InlineData("header")]
    [InlineData("informational")]
    [InlineData("extension")]
    [InlineData("calls")]
    public async Task Endless_answers_end_at_a_limit(string what)
    {
        await using var workload = await TestWorkload.StartAsync();
        var sent = 0L;
        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            var head = what switch
            {
                "headers" or "header" or "informational" => "",
                "extension" => FakeOpenAiServer.ChunkedHead,
                _ => "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
            };
            var begin = what switch { "line" => "data: ", "header" => "HTTP/1.1 200 OK\r\nx: ", "headers" => "HTTP/1.1 200 OK\r\n", "extension" => "1;", _ => "" };
            await FakeOpenAiServer.WriteAsync(stream, head + begin, cancellation);
            for (var i = 0; ; i++)
            {
                var piece = what switch
                {
                    "line" or "header" or "extension" => new string('a', 4096),
                    "lines" => $"data: {new string('a', 4096)}\n",
                    "comments" => $": {new string('a', 4096)}\n\n",
                    "headers" => string.Create(CultureInfo.InvariantCulture, $"x-{i}: {new string('a', 1000)}\r\n"),
                    "informational" => $"HTTP/1.1 103 Early Hints\r\nx: {new string('a', 4096)}\r\n\r\n",
                    "events" => "data: {}\n\n",
                    "calls" => $$$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{{{new string('a', 4096)}}}"}}]}}]}""" + "\n\n",
                    _ => $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{new string('a', 4096)}}}"}}]}""" + "\n\n",
                };
                await FakeOpenAiServer.WriteAsync(stream, piece, cancellation);
                sent += piece.Length;
            }
        };
        var request = TestWorkload.Chat("x", 4) with { };
        request = request with { Conversation = request.Conversation! with { Tools = [new OfferedTool("f", null, null)], Demand = ToolDemand.Auto } };

        var code = await workload.CodeOfAsync(request);

        // The handler says of an endless chunk size no more than that reading failed.
        Assert.Equal(what == "extension" ? Failure : Violation, code);
        Assert.True(sent < 16 << 20, $"{sent} bytes were taken.");
    }

    [Fact]
    public async Task A_server_that_drips_bytes_is_given_up()
    {
        await using var workload = await TestWorkload.StartAsync(options => options with { FirstEventWithin = TimeSpan.FromMilliseconds(300) });
        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            await FakeOpenAiServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ", cancellation);
            while (true)
            {
                await FakeOpenAiServer.WriteAsync(stream, "a", cancellation);
                await Task.Delay(1, cancellation);
            }
        };
        Assert.Equal(InferenceCodes.WorkloadStalled, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Fact]
    public async Task A_server_that_goes_silent_in_the_middle_or_never_ends_is_given_up()
    {
        await using var workload = await TestWorkload.StartAsync(options => options with { EventWithin = TimeSpan.FromMilliseconds(100), AnswerWithin = TimeSpan.FromMilliseconds(1500) });
        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            await FakeOpenAiServer.WriteAsync(stream, FakeOpenAiServer.ChunkedHead + FakeOpenAiServer.Chunk($"data: {Text}\n\n"), cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        Assert.Equal(InferenceCodes.WorkloadStalled, await workload.CodeOfAsync(TestWorkload.Chat("x")));

        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            await FakeOpenAiServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", cancellation);
            while (true)
            {
                await FakeOpenAiServer.WriteAsync(stream, $"data: {Text}\n\n", cancellation);
                await Task.Delay(10, cancellation);
            }
        };
        Assert.Equal(InferenceCodes.WorkloadStalled, await workload.CodeOfAsync(TestWorkload.Chat("x")));
    }

    [Theory]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"embedding":[1]},{"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"embedding":[]}]}""")]
    [InlineData("""{"data":[{"embedding":[0,0]}]}""")]
    [InlineData("""{"data":[{"embedding":[NaN]}]}""")]
    [InlineData("""{"data":[{"embedding":[1e999]}]}""")]
    [InlineData("""{"data":[{"embedding":["1"]}]}""")]
    [InlineData("""{"data":[{"embedding":"AAAA"}]}""")]
    [InlineData("""{"data":[{"embedding":[1]}],"usage":{"prompt_tokens":-1}}""")]
    [InlineData("""[]""")]
    public async Task An_embedding_that_is_none_is_refused(string body)
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Response("application/json", body));
        Assert.Equal(Violation, await EmbedAsync(workload));
    }

    [Fact]
    public async Task An_embedding_beyond_the_limit_is_not_read_to_its_end_and_an_error_is_not_quoted()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Response("application/json", $$"""{"data":[{"embedding":[{{string.Join(',', Enumerable.Repeat("0.123456789", 400_000))}}]}]}"""));
        Assert.Equal(Violation, await EmbedAsync(workload));
        workload.Server.Say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + new string(' ', 5 << 20));
        Assert.Equal(Violation, await EmbedAsync(workload));
        workload.Server.Say(FakeOpenAiServer.Response("application/json", "{}", 501));
        Assert.Equal(InferenceCodes.EmbeddingsDisabled, await EmbedAsync(workload));
    }

    static async Task<string> EmbedAsync(TestWorkload workload)
    {
        var request = new EmbeddingRequest { Input = [new PromptPiece("x", Special: false)] };
        return (await Assert.ThrowsAsync<InferenceException>(() => workload.Service.ForTenant("t").EmbedAsync(request, TestWorkload.Cancellation))).Code;
    }
}
