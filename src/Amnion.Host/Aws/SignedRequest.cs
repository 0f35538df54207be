using System.Collections.Immutable;

namespace Amnion.Host.Aws;

/// <summary>What Signature Version 4 signs of a request.</summary>
sealed record SignedRequest
{
    /// <summary>The method, upper case.</summary>
    public required string Method { get; init; }

    /// <summary>The path before any percent encoding.</summary>
    public required string Path { get; init; }

    /// <summary>Query parameters before any percent encoding.</summary>
    public ImmutableArray<(string Name, string Value)> Query { get; init; } = [];

    /// <summary>Headers in their order; all are signed. Host and X-Amz-Date must be among them.</summary>
    public required ImmutableArray<(string Name, string Value)> Headers { get; init; }

    /// <summary>SHA-256 of the body in lower-case hexadecimal, or a word that the service takes instead.</summary>
    public required string PayloadHash { get; init; }

    /// <summary>False for S3, whose object names may hold empty and dot segments.</summary>
    public bool NormalizePath { get; init; } = true;
}
