using System.ClientModel.Primitives;

namespace Amnion.Client;

/// <summary>Plugs the seal into the OpenAI package: set it as <see cref="ClientPipelineOptions.Transport"/>.</summary>
public static class SealedOpenAITransport
{
    /// <summary>The endpoint to give the OpenAI client: it exists only inside the seal.</summary>
    public static Uri Endpoint { get; } = new("http://enclave.invalid/v1");

    /// <summary>A transport that verifies the enclave and seals every request of the client that uses it.</summary>
    public static PipelineTransport Create(AmnionClientOptions options) =>
#pragma warning disable CA2000 // The transport owns the client and the client the handler.
        new HttpClientPipelineTransport(new HttpClient(new SealedHttpHandler(options), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan });
#pragma warning restore CA2000
}
