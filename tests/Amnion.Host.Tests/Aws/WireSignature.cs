using System.Globalization;
using Amnion.Host.Aws;
using Amnion.Testing;

namespace Amnion.Host.Tests.Aws;

/// <summary>Verifies a signature as the service does: from the request on the wire and the list of headers it says it signed.</summary>
static class WireSignature
{
    public static void Verify(RawExchange request, string secret, string region, string service)
    {
        var authorization = request.Header("Authorization");
        var id = authorization.Split("Credential=")[1].Split('/')[0];
        var names = authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        var now = DateTimeOffset.ParseExact(request.Header("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(DateTimeOffset.UtcNow - now, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        var signed = new SignedRequest
        {
            Method = request.Method,
            Path = Uri.UnescapeDataString(request.Target),
            NormalizePath = service != "s3",
            Headers = [.. names.Select(name => (name, request.Header(name)))],
            PayloadHash = SignatureV4.Hash(request.Body),
        };
        Assert.Contains("host", names);
        Assert.Contains("x-amz-date", names);
        Assert.Equal(signed.PayloadHash, request.Header("X-Amz-Content-Sha256"));
        Assert.Equal(SignatureV4.Authorization(signed, new AwsCredentials(id, secret), region, service, now), authorization);
    }
}
