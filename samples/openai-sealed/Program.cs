using System.ClientModel;
using Amnion.Attestation;
using Amnion.Client;
using OpenAI;
using OpenAI.Chat;

// The policy says what the enclave must prove. It comes from whoever built and sealed, never from the enclave.
var options = new AmnionClientOptions
{
    Relay = new Uri(args[0]),
    Policy = AppraisalPolicy.Parse(File.ReadAllBytes(args[1])),
    OnReceipt = file => Console.Error.WriteLine($"receipt {file.Signed.Receipt.Id}: {file.Signed.Receipt.CompletionTokens} tokens"),
};

// The transport verifies before it sends anything; asking first shows what was verified.
using var http = new HttpClient();
try
{
    var enclave = await new EnclaveVerifier(http, options).VerifyAsync(CancellationToken.None);
    Console.Error.WriteLine($"accepted until {enclave.Until:u}, emulated: {enclave.Result.Emulated}");
}
catch (AmnionClientException refused)
{
    Console.Error.WriteLine($"{refused.Code}: {refused.Message}");
    return 10;
}

var client = new ChatClient(
    "default",
    new ApiKeyCredential(Environment.GetEnvironmentVariable("OPENAI_API_KEY")!),
    new OpenAIClientOptions { Endpoint = SealedOpenAITransport.Endpoint, Transport = SealedOpenAITransport.Create(options) });
await foreach (var update in client.CompleteChatStreamingAsync("What happens to my data?"))
{
    foreach (var part in update.ContentUpdate)
    {
        Console.Write(part.Text);
    }
}

return 0;
