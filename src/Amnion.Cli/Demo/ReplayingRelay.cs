using System.Net;
using System.Net.Http.Headers;

namespace Amnion.Cli.Demo;

/// <summary>A hostile relay between client and enclave: it answers every request for Evidence with what it recorded once.</summary>
sealed class ReplayingRelay(byte[] recorded) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(recorded), RequestMessage = request };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Task.FromResult(response);
    }
}
