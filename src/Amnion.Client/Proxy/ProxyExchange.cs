using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Amnion.Client.Proxy;

/// <summary>One request of a local caller, forwarded inside the seal.</summary>
sealed class ProxyExchange(SealedHttpHandler handler)
{
    // What goes into the seal: nothing that identifies the machine, nothing hop-by-hop.
    static readonly string[] s_requestHeaders = ["content-type", "accept", "authorization", "openai-organization", "openai-project"];
    static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(200);
    static readonly Uri s_inside = new("http://enclave.invalid/");

    public async Task ForwardAsync(HttpContext context)
    {
        if (!IsLocal(context.Request))
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, "forbidden_origin", "The proxy serves local programs, not web pages of other origins.").ConfigureAwait(false);
            return;
        }

        using var request = await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        try
        {
            using var response = await handler.ForwardAsync(request, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            foreach (var header in response.Headers)
            {
                context.Response.Headers[header.Key] = header.Value.ToArray();
            }

            context.Response.Headers.CacheControl = "no-store";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted).ConfigureAwait(false);
            await CopyAsync(body, context.Response, context.RequestAborted).ConfigureAwait(false);
        }
        catch (AmnionClientException e) when (!context.Response.HasStarted)
        {
            await FailAsync(context, StatusOf(e), e.Detail ?? e.Code, e.Message).ConfigureAwait(false);
        }
        catch (AmnionClientException e)
        {
            // The answer already began. A stream of events gets one last error event; then the connection breaks, so that no client takes it for whole.
            await TryWriteErrorEventAsync(context, e).ConfigureAwait(false);
            context.Abort();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; the sealed exchange was closed with it.
        }
    }

    static int StatusOf(AmnionClientException error) => error.Code switch
    {
        ClientCodes.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        ClientCodes.RequestMalformed => StatusCodes.Status400BadRequest,

        // Not there, as opposed to there and refused.
        ClientCodes.RelayUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status502BadGateway,
    };

    // A web page in the user's browser can reach loopback: a foreign Origin, or a Host that is a name rebound to 127.0.0.1, is refused. Where
    // the browser sends no Origin it still says that the page is another site's (Fetch Metadata).
    static bool IsLocal(HttpRequest request) =>
        IsLoopback(request.Host.Host)
        && (!request.Headers.TryGetValue("Origin", out var origin) || IsLocalOrigin(origin))
        && !request.Headers["Sec-Fetch-Site"].Contains("cross-site", StringComparer.OrdinalIgnoreCase);

    // Only what a local web server's page has. Uri.IsLoopback alone would let file: and other schemes through, whose pages anybody wrote.
    static bool IsLocalOrigin(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && (from.Scheme == Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps) && IsLoopback(from.Host);

    static bool IsLoopback(string host) => host is "localhost" or "127.0.0.1" or "[::1]" or "::1";

    static async Task<HttpRequestMessage> ReadAsync(HttpRequest incoming, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri(s_inside, incoming.Path.Value + incoming.QueryString.Value));
        if (incoming.ContentLength is > 0 || incoming.Headers.TransferEncoding.Count > 0)
        {
            var body = new MemoryStream();
            await incoming.Body.CopyToAsync(body, cancellation).ConfigureAwait(false);
            request.Content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
        }

        foreach (var name in s_requestHeaders)
        {
            if (incoming.Headers.TryGetValue(name, out var value))
            {
                if (name == "content-type")
                {
                    request.Content?.Headers.TryAddWithoutValidation(name, value.ToString());
                }
                else
                {
                    request.Headers.TryAddWithoutValidation(name, value.ToString());
                }
            }
        }

        return request;
    }

    static async Task CopyAsync(Stream body, HttpResponse response, CancellationToken cancellation)
    {
        var writer = response.BodyWriter;
        while (true)
        {
            var memory = writer.GetMemory(4096);
            var read = await body.ReadAsync(memory, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            writer.Advance(read);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    static async Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Error(code, message), context.RequestAborted).ConfigureAwait(false);
    }

    static async Task TryWriteErrorEventAsync(HttpContext context, AmnionClientException error)
    {
        if (context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) != true)
        {
            return;
        }

        try
        {
            byte[] line = [.. "data: "u8, .. Error(error.Detail ?? error.Code, error.Message), .. "\n\n"u8];
            await context.Response.Body.WriteAsync(line, context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);

            // Breaking the connection discards what the system has not sent yet; a local caller reads it well within this.
            await Task.Delay(s_farewell, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller is gone too.
        }
    }

    static byte[] Error(string code, string message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", message);
            json.WriteString("type", "amnion_error");
            json.WriteNull("param");
            json.WriteString("code", code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
