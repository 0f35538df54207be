using System.Collections.Immutable;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Composite;

/// <summary>
/// Applies the rules for claims of Confidential Space: authentic ones are not enough, because a debug image gives the operator a shell. RFC 9334 §8.6 (Appraisal Policy for
/// Attestation Results).
/// </summary>
public static class GcpConfidentialSpaceAppraiser
{
    const string DebugOff = "disabled-since-boot";
    const string Profile = "https://cloud.google.com/confidential-computing/confidential-space/docs/reference/token-claims";

    const string ImageDigest = "submods.container.image_digest";
    const string Monitoring = "submods.confidential_space.monitoring_enabled";

    /// <summary>Machines whose memory has integrity, so that the host cannot replay or move what it may not read.</summary>
    static readonly string[] s_hardware = ["GCP_AMD_SEV_SNP", "GCP_INTEL_TDX"];

    static readonly string[] s_weaker = [GcpConfidentialSpacePolicy.AllowSev, GcpConfidentialSpacePolicy.AllowSevEs];

    /// <summary>Runs every check and lists all of them; the workload may be trusted with secrets where none rejects.</summary>
    /// <param name="claims">The body of a token whose signature was verified.</param>
    /// <param name="policy">What the relying party demands.</param>
    /// <param name="at">The relying party's time.</param>
    public static ImmutableArray<AttestationCheck> Appraise(GcpConfidentialSpaceClaims claims, GcpConfidentialSpacePolicy policy, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(policy);
        var checks = new CheckList();
        checks.Add(GcpRules.WellFormed, CheckOutcome.Pass);
        var profile = claims.Find("eat_profile");
        checks.Add(GcpRules.Issuer, claims.Issuer == GcpConfidentialSpaceClaims.GoogleIssuer && profile is null or Profile, GcpConfidentialSpaceClaims.GoogleIssuer, claims.Issuer);
        var (earliest, latest) = (Instant.Add(at, -policy.ClockSkew), Instant.Add(at, policy.ClockSkew));
        var valid = claims.NotBefore <= latest && claims.IssuedAt <= latest && claims.ExpiresAt >= earliest && claims.ExpiresAt > claims.IssuedAt;
        checks.Add(GcpRules.Time, valid, "valid at " + CertificatePath.Text(at), $"{CertificatePath.Text(claims.NotBefore)} to {CertificatePath.Text(claims.ExpiresAt)}");
        CheckRequest(claims, policy, checks);
        Equals(GcpRules.Software, claims, "swname", "CONFIDENTIAL_SPACE", checks);
        CheckHardware(claims, policy, checks);
        Equals(GcpRules.SecureBoot, claims, "secboot", "true", checks);
        CheckDebug(claims, policy.DangerousAllowDebug, checks);
        CheckSpace(claims, policy.DangerousAllowDebug, checks);
        CheckImage(claims, policy, checks);
        FieldAppraisal.CheckValues(claims.Fields, new AppraisalPolicy { Platform = "confidential-space", TrustAnchor = default, Values = policy.Values }, checks);
        return checks.ToImmutable();
    }

    /// <summary>That the token answers this relying party's request and nobody else's.</summary>
    static void CheckRequest(GcpConfidentialSpaceClaims claims, GcpConfidentialSpacePolicy policy, CheckList checks)
    {
        checks.Add(GcpRules.Audience, policy.Audience is { Length: > 0 } && claims.Audience == policy.Audience, policy.Audience is { Length: > 0 } ? policy.Audience : "an audience; the policy names none", claims.Audience);
        var usable = policy.Nonce is { Length: >= GcpConfidentialSpacePolicy.MinNonceLength and <= GcpConfidentialSpacePolicy.MaxNonceLength };
        checks.Add(GcpRules.Nonce, usable && claims.Nonces.Contains(policy.Nonce), usable ? policy.Nonce : "a nonce of 10 to 74 characters; the policy has none", claims.Nonces.IsEmpty ? "absent" : string.Join(", ", claims.Nonces));
    }

    static void CheckHardware(GcpConfidentialSpaceClaims claims, GcpConfidentialSpacePolicy policy, CheckList checks)
    {
        var hardware = claims.Find("hwmodel") ?? "absent";
        var strong = s_hardware.Contains(hardware);
        var allowed = s_weaker.Contains(hardware) && !policy.Allow.IsDefault && policy.Allow.Contains(hardware);
        checks.Add(GcpRules.Hardware, strong ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail, string.Join(" or ", s_hardware), allowed ? hardware + "; the policy allows it" : hardware, required: !allowed);
    }

    static void CheckDebug(GcpConfidentialSpaceClaims claims, bool allowed, CheckList checks)
    {
        var status = claims.Find("dbgstat") ?? "absent";
        var off = status == DebugOff;
        checks.Add(GcpRules.Debug, off ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail, DebugOff, status, required: off || !allowed);
    }

    static void CheckSpace(GcpConfidentialSpaceClaims claims, bool debugAllowed, CheckList checks)
    {
        // A debug image carries no support attributes at all, so what allows the one allows the other.
        var attributes = claims.Find("submods.confidential_space.support_attributes")?.Split(',') ?? [];
        var usable = attributes.Contains("USABLE");
        checks.Add(GcpRules.Support, usable ? CheckOutcome.Pass : debugAllowed ? CheckOutcome.Skip : CheckOutcome.Fail, "USABLE, STABLE or LATEST", attributes.Length == 0 ? "none" : string.Join(", ", attributes), required: usable || !debugAllowed);

        // Older images have no monitoring and no claim of it. Where there is one, of whatever shape, it must say that memory is not monitored, and nothing else.
        var stated = claims.Fields.Where(field => field.Name == Monitoring || field.Name.StartsWith(Monitoring + ".", StringComparison.Ordinal)).ToList();
        var off = stated.Count == 0 || (stated.Exists(field => field.Name == Monitoring + ".memory") && stated.TrueForAll(field => field.Value == "false"));
        checks.Add(GcpRules.Monitoring, off, "false", stated.Count == 0 ? "absent" : string.Join(", ", stated.Select(field => $"{field.Name[(Monitoring.LastIndexOf('.') + 1)..]}: {field.Value}")));
    }

    static void CheckImage(GcpConfidentialSpaceClaims claims, GcpConfidentialSpacePolicy policy, CheckList checks)
    {
        var digest = claims.Find(ImageDigest);
        checks.Add(GcpRules.Image, digest is not null && Measurement.TryParse(digest, out _), "sha256: and hexadecimal", digest ?? "absent");
        var pins = !policy.Images.IsDefaultOrEmpty;
        checks.Add(GcpRules.PinsImage, pins, ImageDigest, pins ? string.Join(", ", policy.Images) : "no values");
        if (pins)
        {
            checks.Add(GcpRules.ImageValue, digest is not null && policy.Images.Contains(digest), string.Join(" or ", policy.Images), digest ?? "absent", ImageDigest);
        }
    }

    static void Equals(CheckRule rule, GcpConfidentialSpaceClaims claims, string path, string expected, CheckList checks)
    {
        var actual = claims.Find(path);
        checks.Add(rule, actual == expected, expected, actual ?? "absent");
    }
}
