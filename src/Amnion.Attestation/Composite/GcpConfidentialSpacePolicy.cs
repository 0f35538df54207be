using System.Collections.Immutable;

namespace Amnion.Attestation.Composite;

/// <summary>
/// What a relying party demands of claims of Confidential Space: RFC 9334 §8.6 (Appraisal Policy for Attestation Results). Google's signature says that some workload of
/// some customer runs on it; only audience, nonce and image say that it is the one that was meant, so each is required and an empty one denies.
/// </summary>
public sealed record GcpConfidentialSpacePolicy
{
    /// <summary>The machine whose memory is encrypted without integrity and whose registers are not; AMD SEV.</summary>
    public const string AllowSev = "GCP_AMD_SEV";

    /// <summary>The machine whose memory and registers are encrypted without integrity; AMD SEV-ES.</summary>
    public const string AllowSevEs = "GCP_AMD_SEV_ES";

    /// <summary>Bytes of a nonce that Google's service takes: 10 to 74.</summary>
    internal const int MinNonceLength = 10;

    internal const int MaxNonceLength = 74;

    /// <summary>Whom the token must be for ("aud"), exactly: the relying party itself, or whoever takes a token of another's would be taken in.</summary>
    public required string Audience { get; init; }

    /// <summary>The relying party's single-use nonce, which must be among "eat_nonce" as it stands: 10 to 74 characters.</summary>
    public required string Nonce { get; init; }

    /// <summary>Accepted digests of the workload's image ("submods.container.image_digest"), as "sha256:" and lower-case hexadecimal.</summary>
    public required ImmutableArray<string> Images { get; init; }

    /// <summary>Further accepted values by path of the claim, for example "submods.gce.zone".</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Values { get; init; } = AppraisalPolicy.NoValues;

    /// <summary>Weaker machines to accept: <see cref="AllowSev"/>, <see cref="AllowSevEs"/>. Without them SEV-SNP and TDX.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>How far the clocks may differ.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>Accepts images that can be debugged. For development only.</summary>
    public bool DangerousAllowDebug { get; init; }
}
