using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Amnion.Host.Aws;

/// <summary>
/// Calls AWS KMS (JSON 1.1, "TrentService"), signed with the host's credentials. It carries requests and answers as bytes: what is in them
/// is the caller's business.
/// </summary>
/// <param name="http">Used as given; the caller sets proxies and trust. Redirects must be off.</param>
/// <param name="endpoint">KMS in one region; https, or this machine.</param>
/// <param name="region">That region.</param>
/// <param name="credentials">Signs.</param>
/// <param name="time">Clock of signatures, time limits and pauses.</param>
public sealed class KmsClient(HttpClient http, Uri endpoint, string region, AwsCredentialSource credentials, TimeProvider time)
{
    /// <summary>Longest answer read, bytes: KMS's longest blob in base64, and room for the rest.</summary>
    public const int MaxAnswer = 32 * 1024;

    /// <summary>Attempts of one call: an enclave's one-time key lives two minutes.</summary>
    const int MaxAttempts = 4;

    /// <summary>Longest text taken over from an answer, characters.</summary>
    const int MaxText = 500;

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(300);

    // KMS's own trouble, by its service model; every other name is its decision.
    static readonly string[] s_passing = ["DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException", "ThrottlingException", "ServiceUnavailableException", "InternalFailure", "RequestTimeoutException"];
    static readonly string[] s_stale = ["ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "RequestExpired"];

    readonly AwsRequestSigner _signer = new(credentials, region, "kms", time);
    readonly Uri _endpoint = endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback)
        ? new Uri(endpoint, "/")
        : throw new ArgumentException("AWS KMS is asked over https; http is for this machine only.", nameof(endpoint));

    /// <summary>KMS's public address in a region.</summary>
    public static Uri EndpointOf(string region) => new($"https://kms.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}");

    /// <summary>Calls an operation; its answer's JSON. The caller zeroes both where they hold a key.</summary>
    /// <param name="operation">Its name, for example "Decrypt".</param>
    /// <param name="json">Its request.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="KmsRefusedException">KMS refused.</exception>
    /// <exception cref="KmsException">It could not be asked.</exception>
    /// <exception cref="CredentialsException">There is nothing to sign with.</exception>
    public async Task<byte[]> CallAsync(string operation, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            KmsException failed;
            try
            {
                return await AttemptAsync(operation, json, cancellation).ConfigureAwait(false);
            }
            catch (KmsException e)
            {
                failed = e;
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                failed = Unreachable(string.Create(CultureInfo.InvariantCulture, $"did not answer within {s_limit.TotalSeconds:0} seconds"), e);
            }
            catch (HttpRequestException e)
            {
                failed = Unreachable($"cannot be reached ({e.HttpRequestError})", e);
            }
            catch (IOException e)
            {
                failed = Unreachable("broke off its answer", e);
            }

            if (attempt == MaxAttempts)
            {
                throw failed;
            }

            var pause = s_firstPause * (1 << (attempt - 1));
            await Task.Delay((pause / 2) + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)pause.TotalMilliseconds / 2)), time, cancellation).ConfigureAwait(false);
        }
    }

    async Task<byte[]> AttemptAsync(string operation, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(s_limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"TrentService.{operation}");
        await _signer.SignAsync(request, json, linked.Token).ConfigureAwait(false);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
        var answer = await ReadAsync(response, linked.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return answer;
        }

        var (type, text) = ReadError(answer);
        if ((int)response.StatusCode >= 500 || response.StatusCode == HttpStatusCode.TooManyRequests || type is null || s_passing.Contains(type) || (s_stale.Contains(type) && _signer.Renew()))
        {
            throw Unreachable(string.Create(CultureInfo.InvariantCulture, $"answered {(int)response.StatusCode}{(type is null ? "" : " " + type)}"));
        }

        throw new KmsRefusedException(type, text);
    }

    async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // Exact and zeroed: an answer may hold what must not lie about.
        var buffer = new byte[MaxAnswer + 1];
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
                return read <= MaxAnswer ? buffer[..read] : throw Unreachable($"gave an answer longer than {MaxAnswer} bytes");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    // {"__type": "…#AccessDeniedException", "Message": "…"}; the words go to a terminal: one line of printable characters.
    static (string? Type, string Text) ReadError(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            var type = Text(root, "__type");
            return (type?[(type.LastIndexOf('#') + 1)..], Text(root, "Message") ?? Text(root, "message") ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "");
        }
    }

    static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? new string([.. value.GetString()!.Where(c => !char.IsControl(c)).Take(MaxText)])
        : null;

    KmsException Unreachable(string what, Exception? inner = null) => new(HostCodes.KmsUnreachable, $"AWS KMS at {_endpoint.Authority} {what}.", inner);
}
