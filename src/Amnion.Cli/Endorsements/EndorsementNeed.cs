using System.Security.Cryptography;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>One thing to fetch.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Kind">What must come back.</param>
/// <param name="Url">Its publisher's own address; a mirror changes where it is asked for, not what it is.</param>
sealed record EndorsementNeed(string Name, EndorsementKind Kind, Uri Url)
{
    /// <summary>Body of a POST (OCSP); null for a GET.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Headers that may carry the chain of who signed the answer (Intel), URL-encoded PEM; the first one present counts.</summary>
    public IReadOnlyList<string> ChainHeaders { get; init; } = [];

    /// <summary>Names the request: the address, and what is posted to it.</summary>
    public string Key => Body is { } body ? $"{Url.AbsoluteUri}#{Convert.ToHexStringLower(SHA256.HashData(body.Span))}" : Url.AbsoluteUri;

    /// <summary>The same for the chain that came along.</summary>
    public string ChainKey => Url.AbsoluteUri + "#issuer-chain";

    /// <summary>Most bytes of an answer: some ten times what publishers send today.</summary>
    public int MaxLength => Kind switch
    {
        EndorsementKind.Certificate => 64 * 1024,
        EndorsementKind.OcspResponse => 64 * 1024,
        EndorsementKind.Rim => EndorsementFiles.MaxFileLength,
        _ => 1024 * 1024,
    };

    /// <summary>
    /// How long a cached copy is taken without asking again. What says which TCB or certificate is still good is asked for daily, OCSP hourly; a
    /// certificate for one chip and TCB never changes. The verifier checks every validity of its own anyway.
    /// </summary>
    public TimeSpan MaxAge => Kind switch
    {
        EndorsementKind.Certificate => TimeSpan.FromDays(90),
        EndorsementKind.Rim => TimeSpan.FromDays(30),
        EndorsementKind.OcspResponse => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}
