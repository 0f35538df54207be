using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Host.Aws;

/// <summary>AWS Signature Version 4 with its headers ("AWS4-HMAC-SHA256"; AWS General Reference, "Create a signed AWS API request").</summary>
static class SignatureV4
{
    /// <summary>SHA-256 of nothing: the payload hash of a request without a body.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of X-Amz-Date.</summary>
    public static string Timestamp(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="request">What is signed.</param>
    /// <param name="credentials">By whom.</param>
    /// <param name="region">The region, for example "eu-central-1".</param>
    /// <param name="service">The service's signing name, "s3" or "kms".</param>
    /// <param name="now">The time that X-Amz-Date of the request says.</param>
    public static string Authorization(SignedRequest request, AwsCredentials credentials, string region, string service, DateTimeOffset now) =>
        $"{Algorithm} Credential={credentials.AccessKeyId}/{Scope(region, service, now)}, SignedHeaders={SignedHeaders(request)}, Signature={Signature(request, credentials, region, service, now)}";

    /// <summary>The canonical form of a request.</summary>
    public static string Canonical(SignedRequest request)
    {
        var text = new StringBuilder().Append(request.Method).Append('\n');
        text.Append(CanonicalPath(request)).Append('\n');
        text.AppendJoin('&', request.Query.Select(pair => (Name: Encode(pair.Name), Value: Encode(pair.Value))).OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));
        text.Append('\n');
        foreach (var (name, values) in Grouped(request))
        {
            text.Append(name).Append(':').AppendJoin(',', values.Select(Trimmed)).Append('\n');
        }

        return text.Append('\n').Append(SignedHeaders(request)).Append('\n').Append(request.PayloadHash).ToString();
    }

    /// <summary>What is signed in the end.</summary>
    public static string StringToSign(SignedRequest request, string region, string service, DateTimeOffset now) =>
        $"{Algorithm}\n{Timestamp(now)}\n{Scope(region, service, now)}\n{Hash(Encoding.UTF8.GetBytes(Canonical(request)))}";

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Percent-encodes one path segment or parameter: everything but A–Z, a–z, 0–9 and "-._~".</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    static string Signature(SignedRequest request, AwsCredentials credentials, string region, string service, DateTimeOffset now)
    {
        var secret = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        try
        {
            HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(Date(now)), key);
            foreach (var part in (string[])[region, service, "aws4_request"])
            {
                HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part), key);
            }

            return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(StringToSign(request, region, service, now))));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    static string Date(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    static string Scope(string region, string service, DateTimeOffset now) => $"{Date(now)}/{region}/{service}/aws4_request";

    static IEnumerable<(string Name, IEnumerable<string> Values)> Grouped(SignedRequest request) => request.Headers
        .GroupBy(header => header.Name.ToLowerInvariant(), header => header.Value, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => (group.Key, group.AsEnumerable()));

    static string SignedHeaders(SignedRequest request) => string.Join(';', Grouped(request).Select(header => header.Name));

    static string Trimmed(string value) => string.Join(' ', value.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    static string CanonicalPath(SignedRequest request)
    {
        var segments = request.Path.Split('/');
        if (!request.NormalizePath)
        {
            return string.Join('/', segments.Select(Encode));
        }

        var kept = new List<string>();
        foreach (var segment in segments.Where(segment => segment is not ("" or ".")))
        {
            if (segment != "..")
            {
                kept.Add(segment);
            }
            else if (kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }

        var trailing = kept.Count > 0 && segments[^1] is "" or "." or "..";
        return "/" + string.Join('/', kept.Select(Encode)) + (kept.Count > 0 && trailing ? "/" : "");
    }
}
