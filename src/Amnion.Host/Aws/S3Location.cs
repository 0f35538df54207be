using System.Text.RegularExpressions;

namespace Amnion.Host.Aws;

/// <summary>A bucket and a prefix of object names, "s3://BUCKET/PREFIX", at AWS or at S3-compatible storage.</summary>
public sealed partial record S3Location
{
    /// <summary>Longest object name, bytes (Amazon S3 User Guide, "Naming Amazon S3 objects").</summary>
    public const int MaxKeyLength = 1024;

    S3Location(string bucket, string prefix) => (Bucket, Prefix) = (bucket, prefix);

    /// <summary>The bucket.</summary>
    public string Bucket { get; }

    /// <summary>Start of every object's name, without slashes at its ends; may be empty.</summary>
    public string Prefix { get; }

    /// <summary>The storage's address; null for Amazon S3.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket's region.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>How the bucket is addressed.</summary>
    public S3Style Style { get; init; }

    /// <summary>Parses "s3://BUCKET/PREFIX".</summary>
    /// <exception cref="FormatException">It is no such address, or has segments that a URL would not keep.</exception>
    public static S3Location Parse(string address)
    {
        const string Scheme = "s3://";
        var rest = address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..].TrimEnd('/') : throw new FormatException("The address of storage begins with \"s3://\".");
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (bucket, prefix) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (!BucketName().IsMatch(bucket) || bucket.Contains("..", StringComparison.Ordinal))
        {
            throw new FormatException("The bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens.");
        }

        if (prefix.Length > MaxKeyLength / 2 || prefix.Any(c => char.IsControl(c) || c is '?' or '#' or '\\') || (prefix.Length > 0 && prefix.Split('/').Any(segment => segment is "" or "." or "..")))
        {
            throw new FormatException("The prefix has empty or dot segments, control characters, \"?\", \"#\" or \"\\\", or is too long.");
        }

        return new S3Location(bucket, prefix);
    }

    /// <summary>The URL of one object.</summary>
    /// <param name="name">Its name below the prefix.</param>
    public Uri UrlOf(string name)
    {
        var key = string.Join('/', $"{Prefix}/{name}".TrimStart('/').Split('/').Select(SignatureV4.Encode));
        var root = Endpoint ?? new Uri($"https://s3.{Region}.amazonaws.com");
        var inHost = Style == S3Style.VirtualHost || (Style == S3Style.Automatic && Endpoint is null && !Bucket.Contains('.', StringComparison.Ordinal));
        var basePath = root.AbsolutePath.TrimEnd('/');
        return inHost
            ? new Uri($"{root.Scheme}://{Bucket}.{root.Authority}{basePath}/{key}")
            : new Uri($"{root.Scheme}://{root.Authority}{basePath}/{Bucket}/{key}");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex BucketName();
}
