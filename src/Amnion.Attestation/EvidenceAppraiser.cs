using Amnion.Attestation.Nitro;

namespace Amnion.Attestation;

/// <summary>
/// Appraises Evidence of any platform this build knows: RFC 9334 §8. Evidence formats differ in everything but this call, so
/// the choice is a switch and not an interface.
/// </summary>
public static class EvidenceAppraiser
{
    static readonly CheckRule s_supported = new(AttestationCodes.UnsupportedPlatform, "platform is supported", "Amnion policy format §2");
    static readonly CheckRule s_platform = new(AttestationCodes.PlatformMismatch, "Evidence is for the policy's platform", "Amnion policy format §2");

    /// <summary>Appraises <paramref name="evidence"/>; a negative answer is data, never an exception.</summary>
    /// <param name="platform">The platform the Evidence was presented for, for example from an Evidence bundle.</param>
    /// <param name="evidence">The platform's own document.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="context">Nonce, binding and time of this appraisal.</param>
    public static AttestationResult Appraise(string platform, ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        switch (platform)
        {
            case AttestationPlatform.Local or AttestationPlatform.Qemu or AttestationPlatform.Nitro:
                var checks = new CheckList();
                checks.Add(s_platform, platform == policy.Platform, policy.Platform, platform);
                return NitroAppraiser.Appraise(evidence, policy, context, checks);
            default:
                var unsupported = new CheckList();
                unsupported.Add(s_supported, CheckOutcome.Fail, "local, qemu or nitro", "another platform");
                return AttestationResult.Unsupported(policy.Platform, unsupported.ToImmutable()[0]);
        }
    }
}
