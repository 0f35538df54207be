using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// Fetches endorsements over HTTPS. Nothing that is fetched is trusted, so the rules here are about staying bounded and telling nobody anything:
/// lengths, times and attempts are limited, redirects stay on their host, and requests carry no cookie, credential or trace.
/// </summary>
sealed class EndorsementFetcher : IDisposable
{
    /// <summary>Attempts of one request; AMD's service asks callers to come back after some seconds.</summary>
    public const int MaxAttempts = 4;

    /// <summary>Redirects of one request.</summary>
    public const int MaxRedirects = 3;

    /// <summary>Time for one attempt, body included.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause before another attempt; a source that asks for more is not waited for.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(60);

    static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);

    readonly HttpClient _http;
    readonly TimeProvider _clock;
    readonly Uri? _mirror;

    /// <param name="clock">Times pauses and attempts.</param>
    /// <param name="mirror">Base address asked instead of the publishers'; null for none.</param>
    public EndorsementFetcher(TimeProvider clock, Uri? mirror = null)
    {
        _clock = clock;
        _mirror = mirror;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PreAuthenticate = false,
            DefaultProxyCredentials = null,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Where a need is asked for: the publisher's address, or the same path and query under the mirror's.</summary>
    public static Uri Target(Uri url, Uri? mirror) => mirror is null ? url : new Uri(mirror.AbsoluteUri.TrimEnd('/') + url.PathAndQuery);

    /// <summary>Fetches one.</summary>
    /// <exception cref="EndorsementException">It cannot be had; the code says why.</exception>
    public async Task<FetchedEndorsement> FetchAsync(EndorsementNeed need, CancellationToken cancellation)
    {
        var target = Target(need.Url, _mirror);
        RequireSecure(target);
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? pause;
            EndorsementException failure;
            try
            {
                using var timeout = new CancellationTokenSource(AttemptTimeout, _clock);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
                return await AttemptAsync(need, target, linked.Token).ConfigureAwait(false);
            }
            catch (RetryableAnswerException exception)
            {
                (pause, failure) = (exception.After, new EndorsementException(exception.Code, exception.Message, exception));
            }
            catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
            {
                (pause, failure) = (null, new EndorsementException(EndorsementCodes.Unreachable, $"{target.Authority} did not answer within {AttemptTimeout.TotalSeconds:0} s", exception));
            }
            catch (HttpRequestException exception)
            {
                (pause, failure) = (null, new EndorsementException(EndorsementCodes.Unreachable, $"{target.Authority} cannot be reached ({exception.HttpRequestError})", exception));
            }
            catch (IOException exception)
            {
                (pause, failure) = (null, new EndorsementException(EndorsementCodes.Unreachable, $"the answer of {target.Authority} broke off", exception));
            }

            var wait = pause ?? s_firstPause * (1 << (attempt - 1));
            if (attempt == MaxAttempts || wait > MaxPause)
            {
                throw failure;
            }

            await Task.Delay(wait, _clock, cancellation).ConfigureAwait(false);
        }
    }

    async Task<FetchedEndorsement> AttemptAsync(EndorsementNeed need, Uri target, CancellationToken cancellation)
    {
        var at = target;
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(need, at);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if ((int)response.StatusCode is >= 300 and < 400)
            {
                at = Redirected(at, response, redirects);
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw Refused(at, response);
            }

            return new FetchedEndorsement(at, await ReadAsync(need, at, response, cancellation).ConfigureAwait(false), Chain(need, response));
        }
    }

    static HttpRequestMessage Request(EndorsementNeed need, Uri at)
    {
        var request = new HttpRequestMessage(need.Body is null ? HttpMethod.Get : HttpMethod.Post, at);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("amnion", null));
        if (need.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        }

        return request;
    }

    static Uri Redirected(Uri at, HttpResponseMessage response, int redirects)
    {
        var next = response.Headers.Location is { } location ? new Uri(at, location) : null;
        return next is not null && redirects < MaxRedirects && next.GetLeftPart(UriPartial.Authority) == at.GetLeftPart(UriPartial.Authority)
            ? next
            : throw new EndorsementException(EndorsementCodes.RedirectedAway, $"{at.Authority} redirects {(next is null || redirects == MaxRedirects ? "without an end" : "to another host")}");
    }

    Exception Refused(Uri at, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var message = string.Create(CultureInfo.InvariantCulture, $"{at.Authority} answered {status}");
        return status is 429 or 500 or 502 or 503 or 504 ? new RetryableAnswerException(EndorsementCodes.Refused, message, After(response)) : new EndorsementException(EndorsementCodes.Refused, message);
    }

    // RFC 9110 §10.2.3: seconds, or a time.
    TimeSpan? After(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - _clock.GetUtcNow();
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }

    static async Task<ReadOnlyMemory<byte>> ReadAsync(EndorsementNeed need, Uri at, HttpResponseMessage response, CancellationToken cancellation)
    {
        var tooLong = new EndorsementException(EndorsementCodes.TooLong, $"the answer of {at.Authority} is longer than {need.MaxLength} bytes");
        if (response.Content.Headers.ContentLength > need.MaxLength)
        {
            throw tooLong;
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var body = new MemoryStream();
            var piece = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(piece, cancellation).ConfigureAwait(false)) > 0)
            {
                if (body.Length + read > need.MaxLength)
                {
                    throw tooLong;
                }

                body.Write(piece, 0, read);
            }

            return body.ToArray();
        }
    }

    static ReadOnlyMemory<byte>? Chain(EndorsementNeed need, HttpResponseMessage response)
    {
        foreach (var name in need.ChainHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                return Encoding.ASCII.GetBytes(Uri.UnescapeDataString(string.Concat(values)));
            }
        }

        return null;
    }

    static void RequireSecure(Uri target)
    {
        if (target.UserInfo.Length > 0 || !(target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && target.IsLoopback)))
        {
            throw new CliException(ExitCode.Malformed, $"{target.Host} is no address to fetch from", "use https without a user name; http is for this machine only", CliCodes.UrlMalformed);
        }
    }
}
