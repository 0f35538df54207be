using System.Runtime.InteropServices;
using System.Text.Json;
using Amnion.Inference;

namespace Amnion.Enclave.Tests;

public sealed class OtherApiTests
{
    [Fact]
    public async Task Completes_a_prompt()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var json = (await PostAsync(enclave, "/v1/completions", """{"model":"clinic","prompt":"Once <|im_start|>"}""")).Json;
        Assert.Equal(("text_completion", "Hello, world."), (json.GetProperty("object").GetString(), json.GetProperty("choices")[0].GetProperty("text").GetString()));
        Assert.Equal(new PromptPiece("Once <|im_start|>", Special: false), Assert.Single(enclave.Engine.LastRequest!.Prompt));
        Assert.Equal(16, enclave.Engine.LastRequest!.MaxTokens);
    }

    [Fact]
    public async Task Streams_a_completion()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var events = (await PostAsync(enclave, "/v1/completions", """{"model":"clinic","prompt":["Once"],"stream":true,"stream_options":{"include_usage":true}}""")).Events;
        Assert.Equal("[DONE]", events[^1].Data);
        var chunks = events[..^1].Select(entry => JsonDocument.Parse(entry.Data).RootElement).ToArray();
        Assert.Equal("Hello, world.", string.Concat(chunks[..^1].Select(chunk => chunk.GetProperty("choices")[0].GetProperty("text").GetString())));
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(12, chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Theory]
    [InlineData("\"echo\":true")]
    [InlineData("\"suffix\":\"x\"")]
    [InlineData("\"best_of\":2")]
    [InlineData("\"logprobs\":1")]
    public async Task Refuses_completion_parameters_it_cannot_do(string member)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        Assert.Equal(400, (await PostAsync(enclave, "/v1/completions", $$"""{"model":"clinic","prompt":"x",{{member}}}""")).Status);
        Assert.Equal(400, (await PostAsync(enclave, "/v1/completions", """{"model":"clinic","prompt":[1,2]}""")).Status);
    }

    [Fact]
    public async Task Embeds_texts_as_numbers_or_base64()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var json = (await PostAsync(enclave, "/v1/embeddings", """{"model":"clinic","input":["a","bcd"]}""")).Json;
        Assert.Equal("list", json.GetProperty("object").GetString());
        Assert.Equal([1f, 0f, 0.5f, 3f], json.GetProperty("data")[1].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()));
        Assert.Equal((1, 6), (json.GetProperty("data")[1].GetProperty("index").GetInt32(), json.GetProperty("usage").GetProperty("total_tokens").GetInt32()));

        json = (await PostAsync(enclave, "/v1/embeddings", """{"model":"clinic","input":"a","encoding_format":"base64"}""")).Json;
        Assert.Equal([1f, 0f, 0.5f, 1f], MemoryMarshal.Cast<byte, float>(json.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64()).ToArray());
    }

    [Theory]
    [InlineData("""{"model":"clinic","input":""}""", "invalid_value")]
    [InlineData("""{"model":"clinic","input":[]}""", "invalid_value")]
    [InlineData("""{"model":"clinic","input":[[1,2]]}""", "unsupported_value")]
    [InlineData("""{"model":"clinic","input":"a","dimensions":3}""", "unsupported_parameter")]
    [InlineData("""{"model":"clinic","input":"a","encoding_format":"hex"}""", "unsupported_value")]
    public async Task Refuses_embeddings_it_cannot_make(string body, string code)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var reply = await PostAsync(enclave, "/v1/embeddings", body);
        Assert.Equal((400, code), (reply.Status, reply.ErrorCode));
    }

    [Fact]
    public async Task Says_so_where_the_model_makes_no_embeddings()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.FailureCode = InferenceCodes.EmbeddingsDisabled;
        var reply = await PostAsync(enclave, "/v1/embeddings", """{"model":"clinic","input":"a"}""");
        Assert.Equal((400, "embeddings_not_supported"), (reply.Status, reply.ErrorCode));
    }

    [Theory]
    [InlineData("GET", "/v1/models", 200)]
    [InlineData("GET", "/v1/models/clinic", 200)]
    [InlineData("GET", "/v1/models?limit=1", 200)]
    [InlineData("GET", "/v1/models/other", 404)]
    [InlineData("GET", "/v1/modelsx", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("DELETE", "/v1/models/clinic", 405)]
    [InlineData("POST", "/v1/models", 405)]
    [InlineData("POST", "/v1/images", 404)]
    [InlineData("POST", "/v1/chat/completions/../models", 404)]
    public async Task Serves_a_fixed_list_of_endpoints(string method, string path, int status)
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var request = SealedCaller.Get(path) with { Method = method };
        Assert.Equal(status, (await (await SealedCaller.CreateAsync(enclave)).SendAsync(request)).Status);
    }

    static async Task<SealedReply> PostAsync(TestEnclave enclave, string path, string body) => await (await SealedCaller.CreateAsync(enclave)).PostAsync(path, body);
}
