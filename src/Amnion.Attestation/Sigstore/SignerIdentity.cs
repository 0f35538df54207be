using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>Who signed, as the certificate says it: its one name, and Fulcio's claims by their number (Fulcio OID information).</summary>
public sealed record SignerIdentity
{
    /// <summary>The subject alternative name: an address of the web, an e-mail address or a name of the issuer's own.</summary>
    public required string Name { get; init; }

    /// <summary>Claims by the last number of their identifier 1.3.6.1.4.1.57264.1.N.</summary>
    public required ImmutableSortedDictionary<int, string> Claims { get; init; }

    /// <summary>The OpenID Connect issuer: claim 8 where it is there, otherwise the older claim 1.</summary>
    public string? Issuer => Claims.GetValueOrDefault(8) ?? Claims.GetValueOrDefault(1);

    /// <summary>"owner/name" of the repository whose workflow ran (claim 5).</summary>
    public string? WorkflowRepository => Claims.GetValueOrDefault(5);

    /// <summary>The branch or tag the workflow ran for (claim 6).</summary>
    public string? WorkflowRef => Claims.GetValueOrDefault(6);

    /// <summary>Address of the workflow that built, with its ref (claim 9).</summary>
    public string? BuildSignerUri => Claims.GetValueOrDefault(9);

    /// <summary>Where the build ran, for example "github-hosted" (claim 11).</summary>
    public string? RunnerEnvironment => Claims.GetValueOrDefault(11);

    /// <summary>Address of the repository with the source (claim 12).</summary>
    public string? SourceRepository => Claims.GetValueOrDefault(12);

    /// <summary>The commit that was built (claim 13).</summary>
    public string? SourceDigest => Claims.GetValueOrDefault(13);

    /// <summary>The branch or tag of the source (claim 14).</summary>
    public string? SourceRef => Claims.GetValueOrDefault(14);
}
