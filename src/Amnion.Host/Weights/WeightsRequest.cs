using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Amnion.Host.Aws;

namespace Amnion.Host;

/// <summary>Asks a server for one object from a byte on, and decides whether its answer is that.</summary>
sealed class WeightsRequest(HttpClient http, Uri url, AwsRequestSigner? signer, long length, WeightsTransferOptions options, TimeProvider time)
{
    /// <summary>Bytes the object must have.</summary>
    public long Length => length;

    /// <summary>What messages call it.</summary>
    public string Description { get; } = HttpWeights.Describe(url);

    /// <summary>The object from <paramref name="offset"/> on.</summary>
    /// <param name="offset">Bytes the transfer has.</param>
    /// <param name="version">The object these bytes are of; null at the first request.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="WeightsInterruptedException">Another attempt may succeed.</exception>
    /// <exception cref="WeightsException">None will.</exception>
    public async Task<ObjectBody> SendAsync(long offset, ObjectVersion? version, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.ResponseLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await FollowAsync(offset, version, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new WeightsInterruptedException(string.Create(CultureInfo.InvariantCulture, $"no answer within {options.ResponseLimit.TotalSeconds:0} seconds"), null, e);
        }
        catch (HttpRequestException e)
        {
            throw new WeightsInterruptedException($"cannot be reached ({e.HttpRequestError})", null, e);
        }
        catch (IOException e)
        {
            throw new WeightsInterruptedException("the connection broke", null, e);
        }
    }

    async Task<ObjectBody> FollowAsync(long offset, ObjectVersion? version, CancellationToken cancellation)
    {
        var at = url;
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("amnion", null));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
                version!.Require(request);
            }

            if (signer is not null)
            {
                await signer.SignAsync(request, default, cancellation).ConfigureAwait(false);
            }

            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            try
            {
                if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && signer is null)
                {
                    at = Redirected(at, response, redirects);
                    response.Dispose();
                    continue;
                }

                return await AcceptAsync(response, offset, version, cancellation).ConfigureAwait(false);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    Uri Redirected(Uri at, HttpResponseMessage response, int redirects)
    {
        var next = response.Headers.Location is { } location ? new Uri(at, location) : null;
        return next switch
        {
            null => throw Refused($"{Description} redirects to nowhere."),
            _ when redirects == options.MaxRedirects => throw Refused($"{Description} redirects more than {options.MaxRedirects} times."),
            _ when next.Scheme != at.Scheme && next.Scheme != Uri.UriSchemeHttps => throw Refused($"{Description} redirects from {at.Scheme} to {next.Scheme}."),
            _ when next.UserInfo.Length > 0 => throw Refused($"{Description} redirects to an address with a user name."),
            _ => next,
        };
    }

    async Task<ObjectBody> AcceptAsync(HttpResponseMessage response, long offset, ObjectVersion? version, CancellationToken cancellation)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                CheckEncoding(response);
                if (offset > 0 && !version!.IsSame(response))
                {
                    throw Changed();
                }

                CheckLength(response.Content.Headers.ContentLength);
                return await BodyAsync(response, offset, version, cancellation).ConfigureAwait(false);
            case HttpStatusCode.PartialContent when offset > 0:
                CheckEncoding(response);
                CheckRange(response, offset, version!);
                return await BodyAsync(response, 0, version, cancellation).ConfigureAwait(false);
            case HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable when offset > 0:
                throw Changed();
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout:
                throw new WeightsInterruptedException($"it answered {(int)response.StatusCode}", After(response));
            default:
                throw await RefusalAsync(response, cancellation).ConfigureAwait(false);
        }
    }

    static async Task<ObjectBody> BodyAsync(HttpResponseMessage response, long skip, ObjectVersion? version, CancellationToken cancellation)
    {
        var content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var marked = response.Content.Headers.ContentLength is not null || response.Headers.TransferEncodingChunked == true || response.Version.Major >= 2;
        return new ObjectBody(response, content, version ?? ObjectVersion.Of(response), skip, marked);
    }

    void CheckEncoding(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding.Any(encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused($"{Description} is answered in another encoding than asked for; store the file as it is.");
        }
    }

    void CheckLength(long? has)
    {
        if (has is { } bytes && bytes != length)
        {
            throw WrongLength(bytes);
        }
    }

    void CheckRange(HttpResponseMessage response, long offset, ObjectVersion version)
    {
        if (!version.IsSame(response))
        {
            throw Changed();
        }

        var range = response.Content.Headers.ContentRange;
        if (range is not { Unit: "bytes", From: { } from, To: { } to } || from != offset || to != length - 1)
        {
            throw Refused($"{Description} answers another range than was asked for.");
        }

        if (range.Length is { } whole && whole != length)
        {
            throw WrongLength(whole);
        }

        if (response.Content.Headers.ContentLength is { } part && part != length - offset)
        {
            throw Refused($"{Description} answers a range of another length than it says.");
        }
    }

    // Storage services say why in XML; the word in its Code element is all that is taken over.
    async Task<Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var (code, region) = await StorageError.ReadAsync(response, cancellation).ConfigureAwait(false);
        if (signer is not null && code is "ExpiredToken" or "InvalidToken" or "RequestTimeTooSkewed" && signer!.Renew())
        {
            return new WeightsInterruptedException($"the credentials are no longer valid ({code})");
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"{Description} answered {status}{(code is null ? "" : " " + code)}");
        return Refused(region is null ? $"{reason}." : $"{reason}: the bucket is in {region}.");
    }

    // RFC 9110 §10.2.3: seconds, or a time.
    TimeSpan? After(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - time.GetUtcNow();
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }

    WeightsException Changed() => new(HostCodes.WeightsChanged, $"{Description} changed while it was read; nothing of the two was mixed.");

    WeightsException WrongLength(long has) => new(HostCodes.WeightsLength, $"{Description} has {has} bytes; the manifest expects {length}.");

    static WeightsException Refused(string message) => new(HostCodes.WeightsRefused, message);
}
