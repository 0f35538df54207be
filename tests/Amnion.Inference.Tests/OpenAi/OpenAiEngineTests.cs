using System.Net.Sockets;
using System.Text;
using Amnion.Inference.OpenAi;
using Amnion.Testing;

namespace Amnion.Inference.Tests.OpenAi;

public sealed class OpenAiEngineTests
{
    static CancellationToken Cancellation => TestWorkload.Cancellation;

    [Fact]
    public async Task Streams_a_chat_and_asks_for_nothing_but_what_the_seam_carries()
    {
        await using var workload = await TestWorkload.StartAsync();
        var request = TestWorkload.Chat("Grüße, \"you\"") with { Stops = ["END"], Sampling = new SamplingOptions { Temperature = 0.7f, TopP = 0.9f, Seed = 7, FrequencyPenalty = 0.5f } };

        var events = await workload.AskAsync(request, "tenant-name");

        Assert.Equal(["Hello", ", world."], events.OfType<GenerationEvent.Text>().Select(text => Encoding.UTF8.GetString(text.Utf8.Span)));
        Assert.Equal(new GenerationEvent.Completed(FinishReason.Stop, 14, 5), events[^1]);
        var sent = Assert.Single(workload.Server.Requests);
        Assert.Equal("/v1/chat/completions", sent.Path);
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"Grüße, \"you\""}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":16,"temperature":0.7,"top_p":0.9,"seed":7,"frequency_penalty":0.5,"stop":["END"]}""", sent.Body);
        Assert.Equal(["Accept: text/event-stream", "Connection: close", $"Content-Length: {Encoding.UTF8.GetByteCount(sent.Body)}", "Content-Type: application/json", $"Host: 127.0.0.1:{workload.Server.Port}"], sent.Headers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Asks_for_tools_and_schemas_in_openais_shape()
    {
        await using var workload = await TestWorkload.StartAsync();
        var conversation = new Conversation
        {
            Turns =
            [
                new ConversationTurn(ConversationRole.System, "s"),
                new ConversationTurn(ConversationRole.Assistant, "") { Calls = [new RequestedCall("call00001", "f", "{}")] },
                new ConversationTurn(ConversationRole.Tool, "r") { AnswersCall = "call00001" },
            ],
            Tools = [new OfferedTool("f", "d", """{"type":"object"}"""), new OfferedTool("g", null, null)],
            Demand = ToolDemand.Named,
            DemandedTool = "f",
            ParallelCalls = false,
        };
        _ = await workload.AskAsync(new GenerationRequest { Prompt = [], MaxTokens = 1, Conversation = conversation });
        _ = await workload.AskAsync(new GenerationRequest { Prompt = [], MaxTokens = 1, Conversation = conversation with { Tools = [], Demand = ToolDemand.None, Json = true, JsonSchema = """{"type":"object"}""" } });

        var bodies = workload.Server.Requests.Select(request => request.Body).ToArray();
        Assert.Contains("""[{"role":"system","content":"s"},{"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"r","tool_call_id":"call00001"}]""", bodies[0], StringComparison.Ordinal);
        Assert.Contains(""""tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}},{"type":"function","function":{"name":"g"}}],"parallel_tool_calls":false,"tool_choice":{"type":"function","function":{"name":"f"}}}"""", bodies[0], StringComparison.Ordinal);
        Assert.EndsWith(""""response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}}}"""", bodies[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Puts_tool_calls_together()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}},{"index":1,"id":"b","function":{"name":"f","arguments":"{}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]"));
        var request = TestWorkload.Chat("x");

        var events = await workload.AskAsync(request with { Conversation = request.Conversation! with { Tools = [new OfferedTool("f", null, null)], Demand = ToolDemand.Auto } });

        Assert.Equal([new GenerationEvent.ToolCall("f", """{"a":1}"""), new GenerationEvent.ToolCall("f", "{}"), new GenerationEvent.Completed(FinishReason.Stop, 0, 0)], events);
        Assert.Equal(InferenceCodes.WorkloadViolatedProtocol, await workload.CodeOfAsync(request));
    }

    [Fact]
    public async Task Continues_a_text_and_says_that_it_was_cut()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Events(
            """{"choices":[{"text":" is","index":0,"logprobs":null,"finish_reason":null}]}""",
            """{"choices":[{"text":"","index":0,"finish_reason":"length"}],"usage":{"completion_tokens":99,"prompt_tokens":2}}""",
            "[DONE]"));

        var events = await workload.AskAsync(TestWorkload.Completion("The clinic", 3));

        Assert.Equal(new GenerationEvent.Completed(FinishReason.Length, 2, 3), events[^1]);
        Assert.Equal("/v1/completions", workload.Server.Requests.Single().Path);
        Assert.Contains(""""prompt":"The clinic"""", workload.Server.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Makes_embeddings_of_length_one()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Response("application/json", """{"object":"list","data":[{"embedding":[3,4e0],"index":0}],"usage":{"prompt_tokens":2}}"""));

        var result = await workload.Service.ForTenant("t").EmbedAsync(new EmbeddingRequest { Input = [new PromptPiece("x", Special: false)] }, Cancellation);

        Assert.Equal([0.6f, 0.8f], result.Vector);
        Assert.Equal(2, result.PromptTokens);
        Assert.Equal("""{"model":"m","input":"x","encoding_format":"float"}""", workload.Server.Requests.Single().Body);
    }

    [Fact]
    public async Task Reads_nothing_that_a_server_sends_after_its_answer_as_anothers()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Say(FakeOpenAiServer.Chat("one") + FakeOpenAiServer.Chat("smuggled"));
        for (var i = 0; i < 3; i++)
        {
            var events = await workload.AskAsync(TestWorkload.Chat("x"), $"tenant-{i}");
            Assert.Equal("one", Encoding.UTF8.GetString(Assert.Single(events.OfType<GenerationEvent.Text>()).Utf8.Span));
        }

        Assert.Equal(3, workload.Server.Requests.Count);
        Assert.Equal(0, workload.Server.Reused);
    }

    [Fact]
    public async Task Closes_the_connection_when_the_caller_leaves()
    {
        await using var workload = await TestWorkload.StartAsync();
        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            await FakeOpenAiServer.WriteAsync(stream, FakeOpenAiServer.ChunkedHead + FakeOpenAiServer.Chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"), cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in workload.Service.ForTenant("t").GenerateAsync(TestWorkload.Chat("x"), caller.Token))
            {
                Assert.IsType<GenerationEvent.Text>(happened);
                await caller.CancelAsync();
            }
        });

        await workload.Server.Left.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Runs_no_more_at_once_than_it_may_and_refuses_what_would_wait_too_long()
    {
        await using var workload = await TestWorkload.StartAsync(options => options with { MaxConcurrent = 1, MaxWaiting = 1 });
        var gate = new TaskCompletionSource();
        workload.Server.Answer = async (_, stream, cancellation) =>
        {
            await gate.Task.WaitAsync(cancellation);
            await FakeOpenAiServer.WriteAsync(stream, FakeOpenAiServer.Chat("a"), cancellation);
        };
        var running = workload.AskAsync(TestWorkload.Chat("x"));
        await Eventually.HoldsAsync(() => !workload.Server.Requests.IsEmpty);
        var waiting = workload.AskAsync(TestWorkload.Chat("x"));

        Assert.Equal(InferenceCodes.Busy, await workload.CodeOfAsync(TestWorkload.Chat("x")));
        var other = workload.AskAsync(TestWorkload.Chat("x"), "other");
        Assert.Single(workload.Server.Requests);
        gate.SetResult();

        Assert.All(await Task.WhenAll(running, waiting, other), events => Assert.IsType<GenerationEvent.Completed>(events[^1]));
    }

    [Fact]
    public async Task Waits_until_the_server_is_ready()
    {
        await using var server = new FakeOpenAiServer();
        var health = new Queue<int>([503, 500, 404, 404]);
        var models = new Queue<int>([503]);
        server.Health = () => health.TryDequeue(out var status) ? status : 404;
        server.Models = () => models.TryDequeue(out var status) ? status : 200;

        await using var service = await OpenAiService.StartAsync(TestWorkload.Options(server.Port), TimeProvider.System, Cancellation);

        Assert.Empty(health);
        Assert.Empty(models);
        Assert.False(service.HasEnded);
    }

    [Fact]
    public async Task Gives_up_a_server_that_is_never_ready()
    {
        await using var server = new FakeOpenAiServer { Health = static () => 503 };

        var options = TestWorkload.Options(server.Port) with { ReadyWithin = TimeSpan.FromMilliseconds(100) };
        Assert.Equal(InferenceCodes.WorkloadNotReady, (await Assert.ThrowsAsync<InferenceException>(() => OpenAiService.StartAsync(options, TimeProvider.System, Cancellation))).Code);
    }

    [Fact]
    public async Task Notices_that_nobody_listens_any_more()
    {
        await using var workload = await TestWorkload.StartAsync(options => options with { WatchInterval = TimeSpan.FromMilliseconds(1) });
        Assert.IsType<GenerationEvent.Completed>((await workload.AskAsync(TestWorkload.Chat("x")))[^1]);

        workload.Server.StopListening();

        Assert.Equal(InferenceCodes.WorkloadEnded, await workload.CodeOfAsync(TestWorkload.Chat("x")));
        await Eventually.HoldsAsync(() => workload.Service.HasEnded);
    }

    [Fact]
    public async Task Connects_to_nothing_but_its_port()
    {
        using var client = LoopbackConnector.Create(40_000);
        foreach (var address in new[] { "http://127.0.0.1:40001/", "http://127.0.0.2:40000/", "http://localhost:40000/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Cancellation));
            Assert.IsNotType<SocketException>(failure.InnerException);
        }
    }

    [Fact]
    public async Task Takes_no_request_outside_its_limits()
    {
        await using var workload = await TestWorkload.StartAsync();
        var chat = TestWorkload.Chat("x");
        GenerationRequest[] wrong =
        [
            chat with { MaxTokens = 0 },
            chat with { Prompt = [new PromptPiece("x", Special: false)] },
            chat with { Grammar = "root ::= \"a\"" },
            chat with { Conversation = chat.Conversation! with { Turns = [] } },
            chat with { Conversation = chat.Conversation! with { Demand = ToolDemand.Required } },
            TestWorkload.Chat(new string('x', RequestLimits.PromptBytes + 1)),
        ];
        foreach (var request in wrong)
        {
            Assert.Equal(InferenceCodes.RequestInvalid, await workload.CodeOfAsync(request));
        }

        Assert.Empty(workload.Server.Requests);
    }
}
