using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

var client = new ChatClient(
    "default",
    new ApiKeyCredential(Environment.GetEnvironmentVariable("OPENAI_API_KEY")!),
    new OpenAIClientOptions { Endpoint = new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL")!) });
await foreach (var update in client.CompleteChatStreamingAsync("What happens to my data?"))
{
    foreach (var part in update.ContentUpdate)
    {
        Console.Write(part.Text);
    }
}
