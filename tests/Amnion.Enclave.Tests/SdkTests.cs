using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using Amnion.Sealing;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Amnion.Enclave.Tests;

/// <summary>The published OpenAI package reads the enclave's answers; only its transport is exchanged for a sealed one.</summary>
public sealed class SdkTests
{
    [Fact]
    public async Task Reads_chat_completions()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var completion = await Client(enclave).GetChatClient("clinic").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: TestEnclave.Cancellation);
        Assert.Equal("Hello, world.", completion.Value.Content[0].Text);
        Assert.Equal((ChatFinishReason.Stop, 12), (completion.Value.FinishReason, completion.Value.Usage.TotalTokenCount));
    }

    [Fact]
    public async Task Reads_streamed_chat_completions()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var text = "";
        ChatTokenUsage? usage = null;
        ChatFinishReason? reason = null;
        await foreach (var update in Client(enclave).GetChatClient("clinic").CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: TestEnclave.Cancellation))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
            reason = update.FinishReason ?? reason;
        }

        Assert.Equal(("Hello, world.", ChatFinishReason.Stop, 12), (text, reason, usage?.TotalTokenCount));
    }

    [Fact]
    public async Task Reads_streamed_tool_calls()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Script = _ => ["<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Bern\"}}</tool_call>"];
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "The weather.", BinaryData.FromString("""{"type":"object"}""")) } };
        var updates = new List<StreamingChatToolCallUpdate>();
        await foreach (var update in Client(enclave).GetChatClient("clinic").CompleteChatStreamingAsync([new UserChatMessage("Hi")], options, TestEnclave.Cancellation))
        {
            updates.AddRange(update.ToolCallUpdates);
        }

        var call = Assert.Single(updates);
        Assert.Equal(("weather", """{"city":"Bern"}"""), (call.FunctionName, call.FunctionArgumentsUpdate.ToString()));
    }

    [Fact]
    public async Task Reads_embeddings_and_models()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var client = Client(enclave);
        var embedding = await client.GetEmbeddingClient("clinic").GenerateEmbeddingAsync("abc", cancellationToken: TestEnclave.Cancellation);
        Assert.Equal([1f, 0f, 0.5f, 3f], embedding.Value.ToFloats().ToArray());
        var models = await client.GetOpenAIModelClient().GetModelsAsync(TestEnclave.Cancellation);
        Assert.Equal("clinic", Assert.Single(models.Value).Id);
    }

    [Fact]
    public async Task Reads_errors()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(enclave).GetChatClient("other").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: TestEnclave.Cancellation));
        Assert.Equal(404, error.Status);
        Assert.Contains("model_not_found", error.Message, StringComparison.Ordinal);
    }

#pragma warning disable OPENAI001 // The package marks its Responses client as experimental; reading our answers with it is the point.
    [Fact]
    public async Task Reads_responses()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        enclave.Engine.Script = _ => ["One moment.", "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Bern\"}}</tool_call>"];
        var options = new CreateResponseOptions("clinic", [ResponseItem.CreateUserMessageItem("Hi")])
        {
            Instructions = "Be brief.",
            Tools = { ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object"}"""), strictModeEnabled: false) },
        };
        var response = (await Client(enclave).GetResponsesClient().CreateResponseAsync(options, TestEnclave.Cancellation)).Value;
        Assert.Equal("One moment.", response.GetOutputText());
        Assert.Equal("weather", response.OutputItems.OfType<FunctionCallResponseItem>().Single().FunctionName);
        Assert.Equal(ResponseStatus.Completed, response.Status);
    }

    [Fact]
    public async Task Reads_streamed_responses()
    {
        await using var enclave = await TestEnclave.ReadyAsync();
        var text = "";
        ResponseResult? completed = null;
        var options = new CreateResponseOptions("clinic", [ResponseItem.CreateUserMessageItem("Hi")]) { StreamingEnabled = true };
        await foreach (var update in await Client(enclave).GetResponsesClient().CreateResponseStreamingAsync(options, TestEnclave.Cancellation))
        {
            text += (update as StreamingResponseOutputTextDeltaUpdate)?.Delta;
            completed = (update as StreamingResponseCompletedUpdate)?.Response ?? completed;
        }

        Assert.Equal(("Hello, world.", "Hello, world.", 12), (text, completed?.GetOutputText(), completed?.Usage.TotalTokenCount));
    }
#pragma warning restore OPENAI001

    static OpenAIClient Client(TestEnclave enclave) => new(
        new ApiKeyCredential(TestEnclave.ApiKey),
        new OpenAIClientOptions { Endpoint = new Uri("http://enclave.invalid/v1"), Transport = new HttpClientPipelineTransport(new HttpClient(new SealedHandler(enclave))), RetryPolicy = new ClientRetryPolicy(0) });

    sealed class SealedHandler(TestEnclave enclave) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            var reply = await (await SealedCaller.CreateAsync(enclave)).SendAsync(new BinaryHttpRequest
            {
                Method = request.Method.Method,
                Path = request.RequestUri!.PathAndQuery,
                Headers = [("authorization", request.Headers.Authorization!.ToString())],
                Content = body,
            });
            var response = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new ByteArrayContent(reply.Content), RequestMessage = request };
            response.Content.Headers.TryAddWithoutValidation("content-type", reply.Headers.Single(field => field.Name == "content-type").Value);
            return response;
        }
    }
}
