using System.Collections.Immutable;
using Amnion.Sealing;

namespace Amnion.Client;

/// <summary>An HTTP request as padded binary HTTP (RFC 9292): what is sealed.</summary>
static class SealedRequestContent
{
    /// <summary>Encodes method, path, headers and body. The authority is fixed: where the relay is concerns nobody inside.</summary>
    public static async Task<byte[]> EncodeAsync(HttpRequestMessage request, string? apiKey, CancellationToken cancellation)
    {
        var headers = ImmutableArray.CreateBuilder<HttpField>();
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            Add(headers, name, values.ToString());
        }

        var body = ReadOnlyMemory<byte>.Empty;
        if (request.Content is not null)
        {
            body = await request.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            foreach (var (name, values) in request.Content.Headers.NonValidated)
            {
                Add(headers, name, values.ToString());
            }
        }

        if (apiKey is not null && !headers.Any(field => field.Name == "authorization"))
        {
            headers.Add(("authorization", $"Bearer {apiKey}"));
        }

        if (body.Length > Records.Frames.FrameLimits.SealedRequest)
        {
            throw new AmnionClientException(ClientCodes.RequestTooLarge, $"The request's body is {body.Length} bytes; an enclave accepts {Records.Frames.FrameLimits.SealedRequest} sealed.");
        }

        try
        {
            return new BinaryHttpRequest
            {
                Method = request.Method.Method,
                Scheme = "https",
                Authority = "enclave.invalid",
                Path = request.RequestUri?.PathAndQuery ?? "/",
                Headers = headers.ToImmutable(),
                Content = body,
            }.EncodePadded();
        }
        catch (ArgumentException e)
        {
            throw new AmnionClientException(ClientCodes.RequestMalformed, "The request cannot be sealed: a header, method or path is not valid HTTP or is over a limit.", inner: e);
        }
    }

    static void Add(ImmutableArray<HttpField>.Builder headers, string name, string value)
    {
        var lower = name.ToLowerInvariant();

        // Hop-by-hop and transport headers mean nothing inside; the user agent would tell the enclave which software calls.
        if (lower is not ("host" or "connection" or "keep-alive" or "transfer-encoding" or "te" or "upgrade" or "proxy-authorization" or "user-agent" or "content-length" or "cookie" or "expect" or "traceparent" or "tracestate"))
        {
            headers.Add((lower, value.Trim()));
        }
    }
}
