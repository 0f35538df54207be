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

    static readonly string[] s_hardware = ["GCP_AMD_SEV", "GCP_AMD_SEV_ES", "GCP_AMD_SEV_SNP", "GCP_INTEL_TDX"];

    /// <summary>Runs every check and lists all of them; the workload may be trusted with secrets where none rejects.</summary>
    /// <param name="claims">The body of a token whose signature was verified.</param>
    /// <param name="at">The relying party's time.</param>
    /// <param name="values">Accepted values by path of the claim, for example "submods.container.image_digest".</param>
    /// <param name="clockSkew">How far the clocks may differ.</param>
    /// <param name="dangerousAllowDebug">Accepts images that can be debugged. For development only.</param>
    public static ImmutableArray<AttestationCheck> Appraise(GcpConfidentialSpaceClaims claims, DateTimeOffset at, ImmutableSortedDictionary<string, ImmutableArray<string>>? values = null, TimeSpan clockSkew = default, bool dangerousAllowDebug = false)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var checks = new CheckList();
        checks.Add(GcpRules.WellFormed, CheckOutcome.Pass);
        var profile = claims.Find("eat_profile");
        checks.Add(GcpRules.Issuer, claims.Issuer == GcpConfidentialSpaceClaims.GoogleIssuer && profile is null or Profile, GcpConfidentialSpaceClaims.GoogleIssuer, claims.Issuer);
        var valid = claims.NotBefore <= Instant.Add(at, clockSkew) && claims.IssuedAt <= Instant.Add(at, clockSkew) && claims.ExpiresAt >= Instant.Add(at, -clockSkew) && claims.ExpiresAt > claims.IssuedAt;
        checks.Add(GcpRules.Time, valid, "valid at " + CertificatePath.Text(at), $"{CertificatePath.Text(claims.NotBefore)} to {CertificatePath.Text(claims.ExpiresAt)}");
        Equals(GcpRules.Software, claims, "swname", "CONFIDENTIAL_SPACE", checks);
        var hardware = claims.Find("hwmodel");
        checks.Add(GcpRules.Hardware, s_hardware.Contains(hardware), string.Join(" or ", s_hardware), hardware ?? "absent");
        Equals(GcpRules.SecureBoot, claims, "secboot", "true", checks);
        CheckDebug(claims, dangerousAllowDebug, checks);
        CheckImage(claims, dangerousAllowDebug, checks);
        var policy = new AppraisalPolicy { Platform = "confidential-space", TrustAnchor = default, Values = values ?? AppraisalPolicy.NoValues };
        FieldAppraisal.CheckValues(claims.Fields, policy, checks);
        return checks.ToImmutable();
    }

    static void CheckDebug(GcpConfidentialSpaceClaims claims, bool allowed, CheckList checks)
    {
        var status = claims.Find("dbgstat") ?? "absent";
        var off = status == DebugOff;
        checks.Add(GcpRules.Debug, off ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail, DebugOff, status, required: off || !allowed);
    }

    static void CheckImage(GcpConfidentialSpaceClaims claims, bool debugAllowed, CheckList checks)
    {
        // A debug image carries no support attributes at all, so what allows the one allows the other.
        var attributes = claims.Find("submods.confidential_space.support_attributes")?.Split(',') ?? [];
        var usable = attributes.Contains("USABLE");
        checks.Add(GcpRules.Support, usable ? CheckOutcome.Pass : debugAllowed ? CheckOutcome.Skip : CheckOutcome.Fail, "USABLE, STABLE or LATEST", attributes.Length == 0 ? "none" : string.Join(", ", attributes), required: usable || !debugAllowed);
        var monitored = claims.Find("submods.confidential_space.monitoring_enabled.memory");
        checks.Add(GcpRules.Monitoring, monitored is null or "false", "false", monitored);
        var digest = claims.Find("submods.container.image_digest");
        checks.Add(GcpRules.Image, digest is not null && Measurement.TryParse(digest, out _), "sha256: and hexadecimal", digest ?? "absent");
    }

    static void Equals(CheckRule rule, GcpConfidentialSpaceClaims claims, string path, string expected, CheckList checks)
    {
        var actual = claims.Find(path);
        checks.Add(rule, actual == expected, expected, actual ?? "absent");
    }
}
