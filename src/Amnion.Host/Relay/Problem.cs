using System.Text.Json;
using Amnion.Records.Frames;
using Microsoft.AspNetCore.Http;

namespace Amnion.Host.Relay;

/// <summary>An answer of problem+json, RFC 9457: type, title, status and a stable code. Never anything a caller or an enclave sent.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">What happened, the same for every occurrence.</param>
/// <param name="Code">Stable code.</param>
readonly record struct Problem(int Status, string Title, string Code)
{
    /// <summary>RFC 9458 §5.3: the key configuration is not known; the client fetches the keys again.</summary>
    const string OhttpKey = "https://iana.org/assignments/http-problem-types#ohttp-key";

    /// <summary>Seconds after which a refused caller may try again.</summary>
    const string RetryAfter = "2";

    internal static Problem NotReady => new(StatusCodes.Status503ServiceUnavailable, "No enclave is ready.", HostCodes.NotReady);

    /// <summary>The status for a code with which the enclave refused before its first byte.</summary>
    internal static Problem Of(FrameFailedException refused) => refused.Code switch
    {
        EnclaveRefusals.KeyUnknown or EnclaveRefusals.ReplayMemoryFull or EnclaveRefusals.SuiteNotOffered => new(StatusCodes.Status422UnprocessableEntity, "The key is not known to this enclave; fetch and appraise Evidence again.", refused.Code),
        EnclaveRefusals.RequestMalformed or EnclaveRefusals.RequestOpen => new(StatusCodes.Status400BadRequest, "The sealed request does not open.", refused.Code),
        EnclaveRefusals.Replayed => new(StatusCodes.Status409Conflict, "The sealed request was sent before.", refused.Code),
        EnclaveRefusals.RequestTooLong => new(StatusCodes.Status413PayloadTooLarge, "The sealed request is too long.", refused.Code),
        EnclaveRefusals.Busy or EnclaveRefusals.NotBooted => new(StatusCodes.Status503ServiceUnavailable, "The enclave is busy.", refused.Code),
        EnclaveRefusals.TimeLimit => new(StatusCodes.Status504GatewayTimeout, "The enclave took too long.", refused.Code),
        _ => new(StatusCodes.Status502BadGateway, "The enclave refused.", refused.Code),
    };

    /// <summary>The status for an enclave that could not be asked.</summary>
    internal static Problem Of(EnclaveUnavailableException lost) => lost.Code == HostCodes.EnclaveTimeout
        ? new(StatusCodes.Status504GatewayTimeout, "The enclave took too long.", lost.Code)
        : new(StatusCodes.Status502BadGateway, "The enclave cannot be reached.", lost.Code);

    internal async Task WriteAsync(HttpContext context)
    {
        var (status, title, code) = this;
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", status == StatusCodes.Status422UnprocessableEntity ? OhttpKey : "urn:amnion:problem:" + code);
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("code", code);
            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfter;
        }

        await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted).ConfigureAwait(false);
    }
}
