using System.Net;
using System.Text.Json;

namespace Amnion.Host.Aws;

/// <summary>
/// Finds credentials as AWS's own tools do: first AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment, then the
/// role of the EC2 instance (instance metadata service, version 2 only). Temporary ones are fetched anew before they end.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="http">Asks the metadata service; without proxy, for it is on this machine.</param>
/// <param name="time">Clock of time limits and expiry.</param>
public sealed class AwsCredentialSource(Func<string, string?> environment, HttpClient http, TimeProvider time)
{
    const string Metadata = "http://169.254.169.254";
    const int MaxAnswer = 16 * 1024;

    /// <summary>The metadata service is on this machine: where it does not answer at once there is none.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>Credentials are fetched anew when less than this is left. AWS offers new ones five minutes before the end at the latest.</summary>
    static readonly TimeSpan s_renewal = TimeSpan.FromMinutes(4);

    volatile AwsCredentials? _held;

    /// <summary>From this process's environment and this machine.</summary>
    public static AwsCredentialSource OfThisProcess() => new(
        Environment.GetEnvironmentVariable,
        new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { Timeout = Timeout.InfiniteTimeSpan },
        TimeProvider.System);

    /// <summary>Credentials that are valid now.</summary>
    /// <exception cref="CredentialsException">There are none.</exception>
    public async ValueTask<AwsCredentials> GetAsync(CancellationToken cancellation)
    {
        if (FromEnvironment() is { } fixedOnes)
        {
            return fixedOnes;
        }

        // Two at once ask twice, and either answer is good.
        var held = _held;
        if (held is null || held.Expires - time.GetUtcNow() < s_renewal)
        {
            _held = held = await FromInstanceAsync(cancellation).ConfigureAwait(false);
        }

        return held;
    }

    /// <summary>Forgets what the instance gave; true where it can be asked again, false where the credentials stand in the environment.</summary>
    internal bool Renew()
    {
        _held = null;
        return FromEnvironment() is null;
    }

    AwsCredentials? FromEnvironment()
    {
        var (id, secret, token) = (environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"), environment("AWS_SESSION_TOKEN"));
        return string.IsNullOrEmpty(id) || string.IsNullOrEmpty(secret) ? null : new AwsCredentials(id, secret, string.IsNullOrEmpty(token) ? null : token);
    }

    async Task<AwsCredentials> FromInstanceAsync(CancellationToken cancellation)
    {
        if (string.Equals(environment("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            throw Missing("the instance metadata service is switched off by AWS_EC2_METADATA_DISABLED");
        }

        var service = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") is { Length: > 0 } named ? named.TrimEnd('/') : Metadata;
        try
        {
            // A session first: version 1, which answers any request that software on the host can be talked into, is never used.
            var session = await AskAsync(HttpMethod.Put, $"{service}/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "300", cancellation).ConfigureAwait(false);
            var role = (await AskAsync(HttpMethod.Get, $"{service}/latest/meta-data/iam/security-credentials/", "X-aws-ec2-metadata-token", session, cancellation).ConfigureAwait(false)).Split('\n')[0].Trim();
            return Read(await AskAsync(HttpMethod.Get, $"{service}/latest/meta-data/iam/security-credentials/{Uri.EscapeDataString(role)}", "X-aws-ec2-metadata-token", session, cancellation).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Missing("this machine is no EC2 instance with a role", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Missing("the instance metadata service does not answer", e);
        }
    }

    async Task<string> AskAsync(HttpMethod method, string address, string header, string value, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(s_limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        using var request = new HttpRequestMessage(method, new Uri(address));
        request.Headers.Add(header, value);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"status {(int)response.StatusCode}");
        }

        var buffer = new byte[MaxAnswer];
        var body = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, linked.Token).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
        }
    }

    static AwsCredentials Read(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
        var root = document.RootElement;
        return new AwsCredentials(
            root.GetProperty("AccessKeyId").GetString()!,
            root.GetProperty("SecretAccessKey").GetString()!,
            root.GetProperty("Token").GetString(),
            root.GetProperty("Expiration").GetDateTimeOffset());
    }

    static CredentialsException Missing(string why, Exception? inner = null) => new($"There are no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and {why}.", inner);
}
