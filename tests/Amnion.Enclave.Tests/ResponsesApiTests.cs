using System.Text.Json;
using Amnion.Inference;

namespace Amnion.Enclave.Tests;

public sealed class ResponsesApiTests
{
    const string Weather = """{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}""";

    [Fact]
    public async Task Answers_a_response_in_openais_shape()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var json = (await AskAsync(enclave, """ "input":"Hi","instructions":"Be brief.","max_output_tokens":20,"metadata":{"a":"b"} """)).Json;
        Assert.Equal("response", json.GetProperty("object").GetString());
        Assert.Equal("completed", json.GetProperty("status").GetString());
        var item = json.GetProperty("output")[0];
        Assert.Equal(("message", "completed", "assistant"), (item.GetProperty("type").GetString(), item.GetProperty("status").GetString(), item.GetProperty("role").GetString()));
        Assert.Equal("Hello, world.", item.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal((7, 5, 12), (Usage(json, "input_tokens"), Usage(json, "output_tokens"), Usage(json, "total_tokens")));
        Assert.Equal("Be brief.", json.GetProperty("instructions").GetString());
        Assert.Equal("b", json.GetProperty("metadata").GetProperty("a").GetString());
        Assert.False(json.GetProperty("store").GetBoolean());
        Assert.Equal("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", enclave.Engine.Prompt);
        Assert.Equal(20, enclave.Engine.LastRequest!.MaxTokens);
    }

    [Fact]
    public async Task Streams_the_typed_events_of_a_message_in_order()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var events = (await AskAsync(enclave, """ "input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"stream":true """)).Events;
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(entry => entry.Type));
        var data = events.Select(entry => JsonDocument.Parse(entry.Data).RootElement).ToArray();
        Assert.Equal(Enumerable.Range(0, data.Length), data.Select(entry => entry.GetProperty("sequence_number").GetInt32()));
        Assert.All(events.Zip(data), pair => Assert.Equal(pair.First.Type, pair.Second.GetProperty("type").GetString()));
        Assert.Equal("Hello, world.", string.Concat(data[4..8].Select(entry => entry.GetProperty("delta").GetString())));
        Assert.Equal("Hello, world.", data[8].GetProperty("text").GetString());
        Assert.Equal("in_progress", data[0].GetProperty("response").GetProperty("status").GetString());
        Assert.Equal("Hello, world.", data[^1].GetProperty("response").GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Single(data[2..11].Select(entry => entry.TryGetProperty("item_id", out var id) ? id.GetString() : entry.GetProperty("item").GetProperty("id").GetString()).Distinct());
    }

    [Fact]
    public async Task Streams_function_calls()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Script = _ => ["One moment.", "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Bern\"}}</tool_call>"];
        var events = (await AskAsync(enclave, $$""" "input":"Hi","stream":true,"tools":[{{Weather}}] """)).Events;
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ],
            events.Select(entry => entry.Type));
        var done = JsonDocument.Parse(events[^1].Data).RootElement.GetProperty("response").GetProperty("output")[1];
        Assert.Equal(("function_call", "weather", """{"city":"Bern"}"""), (done.GetProperty("type").GetString(), done.GetProperty("name").GetString(), done.GetProperty("arguments").GetString()));
        Assert.StartsWith("call_", done.GetProperty("call_id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_earlier_calls_and_their_outputs()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        _ = await AskAsync(enclave, $$$""" "input":[{"type":"message","role":"user","content":"Hi"},{"id":"x","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"One moment.","annotations":[]}]},{"type":"function_call","call_id":"c","name":"weather","arguments":"{}","id":"fc","status":"completed"},{"type":"function_call_output","call_id":"c","output":"Rain."}],"tools":[{{{Weather}}}] """);
        Assert.Contains("One moment.\n<tool_call>\n{\"name\":\"weather\",\"arguments\":{}}\n</tool_call><|im_end|>", enclave.Engine.Prompt, StringComparison.Ordinal);
        Assert.Contains("<tool_response>\nRain.\n</tool_response>", enclave.Engine.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_incomplete_where_the_answer_was_cut()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Reason = FinishReason.Length;
        var json = (await AskAsync(enclave, """ "input":"Hi" """)).Json;
        Assert.Equal("incomplete", json.GetProperty("status").GetString());
        Assert.Equal("max_output_tokens", json.GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.Equal("response.incomplete", (await AskAsync(enclave, """ "input":"Hi","stream":true """)).Events[^1].Type);
    }

    [Fact]
    public async Task Says_failed_in_the_stream_where_the_engine_failed()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.FailureCode = InferenceCodes.WorkerDied;
        var events = (await AskAsync(enclave, """ "input":"Hi","stream":true """)).Events;
        Assert.Equal("response.failed", events[^1].Type);
        Assert.Equal("failed", JsonDocument.Parse(events[^1].Data).RootElement.GetProperty("response").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Constrains_text_format_by_a_grammar()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await AskAsync(enclave, """ "input":"Hi","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":{},"additionalProperties":false}}} """);
        Assert.Equal(200, reply.Status);
        Assert.NotNull(enclave.Engine.LastRequest!.Grammar);
    }

    [Theory]
    [InlineData("\"previous_response_id\":\"r\"", "previous_response_id")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"truncation\":\"auto\"", "truncation")]
    [InlineData("\"include\":[\"x\"]", "include")]
    [InlineData("\"reasoning\":{\"effort\":\"high\"}", "reasoning")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"wings\":1", "wings")]
    public async Task Refuses_by_name_what_it_cannot_do(string member, string parameter)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await AskAsync(enclave, $$""" "input":"Hi",{{member}} """);
        Assert.Equal((400, parameter), (reply.Status, reply.Json.GetProperty("error").GetProperty("param").GetString()));
    }

    static int Usage(JsonElement json, string name) => json.GetProperty("usage").GetProperty(name).GetInt32();

    static async Task<SealedReply> AskAsync(TestEnclave enclave, string members) =>
        await (await SealedCaller.CreateAsync(enclave)).PostAsync("/v1/responses", "{\"model\":\"clinic\"," + members + "}");
}
