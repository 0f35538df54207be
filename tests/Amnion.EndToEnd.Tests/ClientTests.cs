#pragma warning disable OPENAI001 // The Responses client of the OpenAI package is marked experimental by its authors.
using System.ClientModel;
using System.Net;
using System.Text.Json;
using Amnion.Client;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Amnion.EndToEnd.Tests;

/// <summary>Clients as they are published, pointed at the proxy and nothing else changed.</summary>
[Collection(StackGroup.Name)]
public sealed class ClientTests
{
    const int Limit = 60_000;

    readonly Stack _stack;

    public ClientTests(Stack stack)
    {
        EndToEnd.RequireProgram();
        _stack = stack;
    }

    [Fact(Timeout = Limit)]
    public async Task Curl_streams_an_answer()
    {
        var body = System.Text.Encoding.UTF8.GetString(Chat.Body(Chat.Endless, stream: true, Chat.ManyTokens));
        var run = await CommandRun.RunAsync("curl", _stack.Home.Root, ["-sN", "--max-time", "50", $"{_stack.BaseUrl}/{Chat.Path}", "-H", "content-type: application/json", "-H", $"authorization: Bearer {_stack.ApiKey}", "-d", body]);
        Assert.Equal(0, run.Exit);
        var events = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(events.Length > 10, run.Output);
        Assert.All(events, line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_npm_package_streams_an_answer_and_calls_a_function()
    {
        var folder = EndToEnd.Clients();
        var run = await CommandRun.RunAsync("node", _stack.Home.Root, [Path.Combine(folder, "stream.mjs"), _stack.BaseUrl.AbsoluteUri, Chat.Endless], ("OPENAI_API_KEY", _stack.ApiKey));
        Assert.True(run.Exit == 0, run.Errors);
        Assert.NotEqual("", run.Json.GetProperty("text").GetString());
        Assert.True(run.Json.GetProperty("chunks").GetInt32() > 10);
        Assert.Equal("tool_calls", run.Json.GetProperty("called").GetString());
        Assert.Equal("get_opening_hours", run.Json.GetProperty("call").GetProperty("name").GetString());
        using var arguments = JsonDocument.Parse(run.Json.GetProperty("call").GetProperty("arguments").GetString()!);
        Assert.Contains(arguments.RootElement.GetProperty("day").GetString(), (string[])["monday", "saturday", "sunday"]);
    }

    [Fact(Timeout = Limit)]
    public async Task The_OpenAI_package_answers_whole_and_streamed_with_the_same_text()
    {
        var chat = Client(_stack.ApiKey).GetChatClient("default");
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = Chat.ManyTokens };
        var whole = await chat.CompleteChatAsync([new UserChatMessage(Chat.Endless)], options, EndToEnd.Cancellation);
        var streamed = "";
        var updates = 0;
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage(Chat.Endless)], options, EndToEnd.Cancellation))
        {
            updates++;
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.NotEqual("", streamed);
        Assert.Equal(whole.Value.Content[0].Text, streamed);
        Assert.True(updates > 10);
        Assert.Equal(Chat.ManyTokens, whole.Value.Usage.OutputTokenCount);
    }

    [Fact(Timeout = Limit)]
    public async Task The_OpenAI_package_reads_responses()
    {
        var client = Client(_stack.ApiKey).GetResponsesClient();
        var whole = await client.CreateResponseAsync("default", Chat.Question, cancellationToken: EndToEnd.Cancellation);
        Assert.NotEqual("", whole.Value.GetOutputText());
        var streamed = "";
        await foreach (var update in await client.CreateResponseStreamingAsync("default", Chat.Question, cancellationToken: EndToEnd.Cancellation))
        {
            streamed += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
        }

        Assert.NotEqual("", streamed);
    }

    [Fact(Timeout = Limit)]
    public async Task The_OpenAI_package_lists_the_model()
    {
        var models = await Client(_stack.ApiKey).GetOpenAIModelClient().GetModelsAsync(EndToEnd.Cancellation);
        Assert.Equal("clinic-demo", Assert.Single(models.Value).Id);
    }

    [Fact(Timeout = Limit)]
    public async Task The_OpenAI_package_reads_embeddings()
    {
        var embedding = await Client(_stack.ApiKey).GetEmbeddingClient("default").GenerateEmbeddingAsync("opening hours", cancellationToken: EndToEnd.Cancellation);
        Assert.Contains(embedding.Value.ToFloats().ToArray(), value => value != 0);
    }

    [Fact(Timeout = Limit)]
    public async Task The_chat_client_of_Microsoft_Extensions_AI_streams_an_answer()
    {
        using var client = new AmnionChatClient(_stack.Client());
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync([new Microsoft.Extensions.AI.ChatMessage(ChatRole.User, Chat.Question)], new ChatOptions { Temperature = 0, MaxOutputTokens = 24 }, EndToEnd.Cancellation))
        {
            text += update.Text;
        }

        var whole = await client.GetResponseAsync([new Microsoft.Extensions.AI.ChatMessage(ChatRole.User, Chat.Question)], new ChatOptions { Temperature = 0, MaxOutputTokens = 24 }, EndToEnd.Cancellation);
        Assert.NotEqual("", text);
        Assert.Equal(whole.Text, text);
    }

    [Fact(Timeout = Limit)]
    public Task A_wrong_key_is_401_in_OpenAIs_shape() => RefusedAsync("sk-amnion-wrong", Chat.Body(Chat.Question), HttpStatusCode.Unauthorized, "invalid_api_key");

    [Fact(Timeout = Limit)]
    public Task An_unknown_model_is_404_in_OpenAIs_shape() =>
        RefusedAsync(_stack.ApiKey, """{"model":"gpt-unknown","messages":[{"role":"user","content":"Hi"}]}"""u8.ToArray(), HttpStatusCode.NotFound, "model_not_found");

    async Task RefusedAsync(string key, byte[] body, HttpStatusCode status, string code)
    {
        using var http = new HttpClient();
        using var request = Chat.Request(_stack.BaseUrl, body, key);
        using var response = await http.SendAsync(request, EndToEnd.Cancellation);
        Assert.Equal(status, response.StatusCode);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(EndToEnd.Cancellation));
        var error = document.RootElement.GetProperty("error");
        Assert.Equal(("invalid_request_error", code), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.NotEqual("", error.GetProperty("message").GetString());
    }

    OpenAIClient Client(string key) => new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = _stack.BaseUrl });
}
