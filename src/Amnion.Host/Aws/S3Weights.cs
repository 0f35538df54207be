using Microsoft.Extensions.Logging;

namespace Amnion.Host.Aws;

/// <summary>Ciphertext in a bucket: <see cref="HttpWeights"/> with S3's addresses and, unless the bucket is public, signatures.</summary>
public static class S3Weights
{
    /// <summary>One object.</summary>
    /// <param name="http">As <see cref="HttpWeights.CreateClient"/> makes it.</param>
    /// <param name="location">Bucket and prefix.</param>
    /// <param name="name">The object's name below the prefix.</param>
    /// <param name="credentials">Signs; null for a bucket that anybody may read.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock of limits and signatures.</param>
    /// <param name="logger">Gets one line for each interruption.</param>
    public static HttpWeights Open(HttpClient http, S3Location location, string name, AwsCredentialSource? credentials, WeightsTransferOptions options, TimeProvider time, ILogger logger) =>
        new(http, location.UrlOf(name), credentials is null ? null : new AwsRequestSigner(credentials, location.Region, "s3", time), options, time, logger);
}
