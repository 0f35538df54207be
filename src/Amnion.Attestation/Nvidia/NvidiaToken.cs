using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>A token of a result as parsed, its signature not verified: RFC 7519.</summary>
/// <param name="Encoded">The compact form.</param>
/// <param name="Algorithm">alg of the header: "none" for local verifiers, "ES384" for NVIDIA's service.</param>
/// <param name="HasSignature">Whether a third part is there.</param>
/// <param name="Claims">Claims, flat, nested names joined with dots; null is an empty text.</param>
public sealed record NvidiaToken(string Encoded, string Algorithm, bool HasSignature, ImmutableArray<EvidenceField> Claims)
{
    /// <summary>A claim's value; null where absent.</summary>
    /// <param name="name">The claim.</param>
    public string? Claim(string name) => Claims.FirstOrDefault(claim => claim.Name == name)?.Value;
}
