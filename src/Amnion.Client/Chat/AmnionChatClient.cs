using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Amnion.Client;

/// <summary>An <see cref="IChatClient"/> for Microsoft.Extensions.AI that talks to an appraised enclave, sealed.</summary>
public sealed class AmnionChatClient : IChatClient
{
    const int MaxAnswerLength = 8 * 1024 * 1024;

    static readonly Uri s_url = new(SealedOpenAITransport.Endpoint.AbsoluteUri + "/chat/completions");

    readonly HttpClient _http;
    readonly string _model;

    /// <summary>Creates a client for the enclave's one model.</summary>
    /// <param name="options">Relay, policy and API key.</param>
    /// <param name="model">The model's name as the enclave lists it, or "default".</param>
    public AmnionChatClient(AmnionClientOptions options, string model = "default")
    {
#pragma warning disable CA2000 // The client owns the handler.
        _http = new HttpClient(new SealedHttpHandler(options), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
        _model = model;
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: false, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bytes = await BoundedReading.ReadAllAsync(body, MaxAnswerLength, cancellationToken).ConfigureAwait(false);
        using var document = JsonDocument.Parse(bytes);
        return ChatCompletionReading.Response(document.RootElement);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(messages, options, stream: true, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var calls = new StreamedToolCalls();
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(body).EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Data == "[DONE]")
            {
                continue;
            }

            using var document = JsonDocument.Parse(item.Data);
            if (ChatCompletionReading.Update(document.RootElement, calls) is { } update)
            {
                yield return update;
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    async Task<HttpResponseMessage> SendAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream, CancellationToken cancellation)
    {
        var content = new ByteArrayContent(ChatCompletionWriting.Request(_model, messages, options, stream));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, s_url) { Content = content };
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var bytes = await BoundedReading.ReadAllAsync(body, MaxAnswerLength, cancellation).ConfigureAwait(false);
            throw new HttpRequestException(ChatCompletionReading.ErrorMessage(bytes), inner: null, response.StatusCode);
        }
    }
}
