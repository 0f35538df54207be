using System.Text;
using Amnion.Inference.OpenAi;

namespace Amnion.Inference.Tests.OpenAi;

/// <summary>
/// A server that nobody here wrote, where one listens on the port that AMNION_OPENAI_PORT names
/// (eng/workload/llama-server.sh --serve PORT starts one). The exact text is the model's affair.
/// </summary>
public sealed class RealServerTests
{
    [Fact]
    public async Task A_real_server_chats_continues_and_embeds()
    {
        Assert.SkipUnless(int.TryParse(Environment.GetEnvironmentVariable("AMNION_OPENAI_PORT"), out var port), "No server: AMNION_OPENAI_PORT is not set.");
        await using var service = await OpenAiService.StartAsync(TestWorkload.Options(port), TimeProvider.System, TestWorkload.Cancellation);
        var engine = service.ForTenant("t");

        var chat = await Answer.CollectAsync(engine, TestWorkload.Chat("When is the clinic open?", 24));
        Assert.True(chat.Completed.PromptTokens > 5);
        Assert.InRange(chat.Completed.CompletionTokens, 1, 24);
        Assert.True(chat.Parts.Count > 3 && chat.Text.Length > 10);

        var completion = await Answer.CollectAsync(engine, TestWorkload.Completion("The clinic", 3));
        Assert.Equal((FinishReason.Length, 3), (completion.Completed.Reason, completion.Completed.CompletionTokens));

        var embedding = await engine.EmbedAsync(new EmbeddingRequest { Input = [new PromptPiece("The clinic", Special: false)] }, TestWorkload.Cancellation);
        Assert.Equal(1, Math.Sqrt(embedding.Vector.Sum(value => (double)value * value)), 3);

        var request = TestWorkload.Chat("x", 24);
        var json = await Answer.CollectAsync(engine, request with { Conversation = request.Conversation! with { Json = true, JsonSchema = """{"type":"object","properties":{"a":{"enum":["b"]}},"required":["a"],"additionalProperties":false}""" } });
        Assert.Equal("""{"a":"b"}""", json.Text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));

        var tools = new List<GenerationEvent>();
        await foreach (var happened in engine.GenerateAsync(request with { MaxTokens = 128, Conversation = request.Conversation! with { Tools = [new OfferedTool("f", "d", """{"type":"object","properties":{"a":{"enum":["b"]}},"required":["a"],"additionalProperties":false}""")], Demand = ToolDemand.Required } }, TestWorkload.Cancellation))
        {
            tools.Add(happened);
        }

        Assert.IsNotType<GenerationEvent.Failed>(tools[^1]);

        var tooLong = await Answer.CollectAsync(engine, TestWorkload.Chat(new StringBuilder().Insert(0, "clinic ", 4000).ToString()));
        Assert.Equal(InferenceCodes.PromptTooLong, tooLong.FailureCode);
    }
}
