using Amnion.Inference.OpenAi;
using Amnion.Testing;

namespace Amnion.Inference.Tests.OpenAi;

/// <summary>A fake server and the service that talks to it.</summary>
sealed class TestWorkload : IAsyncDisposable
{
    TestWorkload(FakeOpenAiServer server, OpenAiService service)
    {
        Server = server;
        Service = service;
    }

    public FakeOpenAiServer Server { get; }

    public OpenAiService Service { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static OpenAiOptions Options(int port) => new() { Port = port, Model = "m", MaxConcurrent = 4, ReadyWithin = TimeSpan.FromSeconds(20), ReadyInterval = TimeSpan.FromMilliseconds(1) };

    public static async Task<TestWorkload> StartAsync(Func<OpenAiOptions, OpenAiOptions>? change = null)
    {
        var server = new FakeOpenAiServer();
        var options = Options(server.Port);
        return new TestWorkload(server, await OpenAiService.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System, Cancellation));
    }

    public static GenerationRequest Chat(string text, int maxTokens = 16) => new()
    {
        Prompt = [],
        MaxTokens = maxTokens,
        Conversation = new Conversation { Turns = [new ConversationTurn(ConversationRole.User, text)] },
    };

    public static GenerationRequest Completion(string text, int maxTokens = 16) => new() { Prompt = [new PromptPiece(text, Special: false)], MaxTokens = maxTokens };

    public async Task<List<GenerationEvent>> AskAsync(GenerationRequest request, string tenant = "acme")
    {
        var events = new List<GenerationEvent>();
        await foreach (var happened in Service.ForTenant(tenant).GenerateAsync(request, Cancellation))
        {
            events.Add(happened);
        }

        return events;
    }

    public async Task<string> CodeOfAsync(GenerationRequest request) => Assert.IsType<GenerationEvent.Failed>((await AskAsync(request))[^1]).Code;

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Server.DisposeAsync();
    }
}
