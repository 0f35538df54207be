using System.Net;
using Amnion.Host.Aws;
using Microsoft.Extensions.Logging;

namespace Amnion.Host;

/// <summary>
/// Ciphertext on an HTTP server or in S3-compatible storage. It needs no trust: who alters it is refused by the enclave. Connections that
/// break are resumed at the exact byte, of the same object only: an entity tag or date that changed ends the transfer.
/// </summary>
public sealed class HttpWeights : IWeightsSource
{
    readonly HttpClient _http;
    readonly Uri _url;
    readonly AwsRequestSigner? _signer;
    readonly WeightsTransferOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;

    /// <param name="http">A client as <see cref="CreateClient"/> makes it: no redirects, no decompression, no cookies.</param>
    /// <param name="url">An http or https address without user name; a query, which may hold a signature, is never shown.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock of the limits.</param>
    /// <param name="logger">Gets one line for each interruption.</param>
    public HttpWeights(HttpClient http, Uri url, WeightsTransferOptions options, TimeProvider time, ILogger logger)
        : this(http, url, null, options, time, logger)
    {
    }

    internal HttpWeights(HttpClient http, Uri url, AwsRequestSigner? signer, WeightsTransferOptions options, TimeProvider time, ILogger logger)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            throw new ArgumentException("Weights come from an http or https address without user name and fragment.", nameof(url));
        }

        (_http, _url, _signer, _options, _time, _logger) = (http, url, signer, options, time, logger);
    }

    /// <inheritdoc/>
    public string Description => Describe(_url);

    /// <summary>A client for weights: it changes nothing on the way and tells nobody anything.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PreAuthenticate = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseHeadersLength = 64,
        // What a connection may hold of an answer that nobody reads at the moment.
        InitialHttp2StreamWindowSize = 1024 * 1024,
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(long length, CancellationToken cancellation)
    {
        var stream = new ResumingStream(new WeightsRequest(_http, _url, _signer, length, _options, _time), _options, _time, _logger);
        try
        {
            await stream.BeginAsync(cancellation).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static string Describe(Uri url) => url.GetLeftPart(UriPartial.Path);
}
