using System.Net;
using System.Net.Http.Headers;

namespace Amnion.EndToEnd.Tests;

/// <summary>What a relay answers, as data that a test can change.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="MediaType">Content type.</param>
/// <param name="Body">Body.</param>
sealed record RelayAnswer(int Status, string? MediaType, byte[] Body)
{
    /// <summary>Where a redirect points.</summary>
    public Uri? Location { get; init; }

    /// <summary>The connection breaks after the body, instead of ending.</summary>
    public bool Breaks { get; init; }

    public HttpResponseMessage ToResponse(HttpRequestMessage request)
    {
        HttpContent content = Breaks ? new StreamContent(new BreakingStream(Body)) : new ByteArrayContent(Body);
        content.Headers.ContentType = MediaType is null ? null : new MediaTypeHeaderValue(MediaType);
        var response = new HttpResponseMessage((HttpStatusCode)Status) { Content = content, RequestMessage = request };
        response.Headers.Location = Location;
        return response;
    }
}
