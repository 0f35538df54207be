namespace Amnion.Host.Aws;

/// <summary>How a bucket is addressed.</summary>
public enum S3Style
{
    /// <summary>In the host name on AWS, in the path at any other endpoint and for buckets with a dot, whose names no certificate covers.</summary>
    Automatic,

    /// <summary>ENDPOINT/BUCKET/KEY.</summary>
    Path,

    /// <summary>BUCKET.ENDPOINT/KEY.</summary>
    VirtualHost,
}
