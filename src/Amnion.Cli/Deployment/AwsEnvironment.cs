using Amnion.Host.Aws;

namespace Amnion.Cli.Deployment;

/// <summary>What AWS's own tools read from the environment, read the same way.</summary>
static class AwsEnvironment
{
    /// <summary>AWS_REGION, or AWS_DEFAULT_REGION, or us-east-1.</summary>
    public static string Region => Named("AWS_REGION") ?? Named("AWS_DEFAULT_REGION") ?? "us-east-1";

    /// <summary>AWS_ENDPOINT_URL_SERVICE, or AWS_ENDPOINT_URL; null for AWS itself.</summary>
    /// <exception cref="CliException">It is no URL.</exception>
    public static Uri? Endpoint(string service)
    {
        var name = $"AWS_ENDPOINT_URL_{service}";
        var text = Named(name) ?? Named(name = "AWS_ENDPOINT_URL");
        return text is null || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0)
            ? text is null ? null : new Uri(text)
            : throw new CliException(ExitCode.Malformed, $"{name} is not a URL", "set it to the service's address, or unset it", CliCodes.UrlMalformed);
    }

    /// <summary>KMS in a region, signed with this process's credentials.</summary>
    /// <exception cref="CliException">Its address is not https.</exception>
    public static KmsClient Kms(string region)
    {
        try
        {
            var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
            return new KmsClient(http, Endpoint("KMS") ?? KmsClient.EndpointOf(region), region, AwsCredentialSource.OfThisProcess(), TimeProvider.System);
        }
        catch (ArgumentException e)
        {
            throw new CliException(ExitCode.Malformed, "the address of AWS KMS is not https", "set AWS_ENDPOINT_URL_KMS to an https address, or unset it", CliCodes.UrlMalformed, e);
        }
    }

    static string? Named(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
