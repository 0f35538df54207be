using System.Collections.Immutable;

namespace Amnion.Host.Aws;

/// <summary>Signs HTTP requests for one service in one region.</summary>
/// <param name="credentials">By whom.</param>
/// <param name="region">The region, for example "eu-central-1".</param>
/// <param name="service">The service's signing name, "s3" or "kms".</param>
/// <param name="time">Clock of the signature, which AWS accepts within five minutes of its own.</param>
sealed class AwsRequestSigner(AwsCredentialSource credentials, string region, string service, TimeProvider time)
{
    static readonly ImmutableArray<string> s_signed = ["range", "if-match", "if-range", "if-unmodified-since"];

    /// <summary>Adds date, body hash, token and signature to a request without query that is complete otherwise.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="cancellation">Ends looking for credentials.</param>
    /// <exception cref="CredentialsException">There are no credentials.</exception>
    public async ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var held = await credentials.GetAsync(cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var url = request.RequestUri!;
        var hash = body.IsEmpty ? SignatureV4.EmptyPayload : SignatureV4.Hash(body.Span);
        request.Headers.Host = url.IsDefaultPort ? url.Host : url.Authority;
        request.Headers.Add("X-Amz-Date", SignatureV4.Timestamp(now));
        request.Headers.Add("X-Amz-Content-Sha256", hash);
        if (held.SessionToken is { } token)
        {
            request.Headers.Add("X-Amz-Security-Token", token);
        }

        var signed = new SignedRequest
        {
            Method = request.Method.Method,
            Path = Uri.UnescapeDataString(url.AbsolutePath),
            NormalizePath = service != "s3",
            PayloadHash = hash,
            Headers = [.. HeadersOf(request)],
        };
        request.Headers.TryAddWithoutValidation("Authorization", SignatureV4.Authorization(signed, held, region, service, now));
    }

    /// <summary>Forgets credentials that a service no longer accepts; true where others may be had.</summary>
    public bool Renew() => credentials.Renew();

    // Only what nobody on the way may rewrite is signed: proxies add and change the rest.
    static IEnumerable<(string, string)> HeadersOf(HttpRequestMessage request)
    {
        yield return ("host", request.Headers.Host!);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            var lower = name.ToLowerInvariant();
            if (s_signed.Contains(lower) || lower.StartsWith("x-amz-", StringComparison.Ordinal))
            {
                yield return (lower, values.ToString());
            }
        }

        if (request.Content?.Headers.ContentType is { } type)
        {
            yield return ("content-type", type.ToString());
        }
    }
}
