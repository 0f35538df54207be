using Amnion.Attestation;
using Amnion.Client;
using Microsoft.Extensions.AI;

using var client = new AmnionChatClient(new AmnionClientOptions
{
    Relay = new Uri(args[0]),
    Policy = AppraisalPolicy.Parse(File.ReadAllBytes(args[1])),
    ApiKey = Environment.GetEnvironmentVariable("OPENAI_API_KEY"),
});
await foreach (var update in client.GetStreamingResponseAsync("What happens to my data?"))
{
    Console.Write(update.Text);
}
