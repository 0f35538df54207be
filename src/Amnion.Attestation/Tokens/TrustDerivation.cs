using System.Collections.Frozen;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tokens;

/// <summary>
/// What an Attestation Result says in AR4SI's words. The table is documented in docs/specs/attestation-result.md; whatever is not in it counts
/// for the configuration (checks of the policy) or for everything (checks of authenticity), so that a new check can only make a result worse.
/// </summary>
static class TrustDerivation
{
    // draft-ietf-rats-ar4si-09 §3.1: the values of the claims.
    const sbyte NoClaim = 0;
    const sbyte Unreadable = 1;
    const sbyte Recognised = 2;
    const sbyte ApprovedConfiguration = 2;
    const sbyte ApprovedBoot = 3;
    const sbyte Genuine = 2;
    const sbyte EncryptedMemory = 2;
    const sbyte UnsafeConfiguration = 32;
    const sbyte VisibleMemory = 96;
    const sbyte Contraindicated = 96;
    const sbyte UnknownInstance = 97;
    const sbyte NotAuthentic = 99;

    static readonly FrozenSet<string> s_identity = new[]
    {
        AttestationCodes.Machine, AttestationCodes.Binding, AttestationCodes.Nonce,
        NitroCodes.TooOld, NitroCodes.Nonce, NitroCodes.UserData,
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> s_executables = new[]
    {
        AttestationCodes.FieldMismatch, AttestationCodes.FieldMissing, AttestationCodes.PolicyPinsNoCode, AttestationCodes.PolicyRegisterWithoutValues,
        NitroCodes.RegisterMissing, NitroCodes.RegisterMismatch,
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> s_debug = new[] { AttestationCodes.Debug, NitroCodes.Debug }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Platforms whose Evidence says that memory is encrypted by the processor. A Nitro document, a TPM quote and a GPU report do not.</summary>
    static readonly FrozenSet<string> s_encrypted = new[]
    {
        AttestationPlatform.Snp, AttestationPlatform.Tdx, AttestationPlatform.Sgx, AttestationPlatform.AzureSnp, AttestationPlatform.AzureTdx,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Vector and status. The status is never better than the vector's worst claim, and affirming only where hardware and executables are.</summary>
    public static (TrustVector Vector, TrustTier Status) Of(AttestationResult result)
    {
        var vector = Vector(result);
        return (vector, result.Verdict switch
        {
            AttestationVerdict.Accepted => Accepted(result, vector),
            AttestationVerdict.Unsupported => TrustTier.None,
            _ => TrustTier.Contraindicated,
        });
    }

    static TrustTier Accepted(AttestationResult result, TrustVector vector)
    {
        // An audit says nothing about freshness, and an emulated platform is no boundary: neither is affirmed, whatever passed.
        var affirming = !result.Emulated && !result.AtDocumentTime
            && TrustVector.TierOf(vector.Hardware) == TrustTier.Affirming && TrustVector.TierOf(vector.Executables) == TrustTier.Affirming;
        return (TrustTier)Math.Max((int)(affirming ? TrustTier.Affirming : TrustTier.Warning), (int)vector.Worst);
    }

    static TrustVector Vector(AttestationResult result)
    {
        switch (result.Verdict)
        {
            case AttestationVerdict.Malformed:
                return All(Unreadable);
            case AttestationVerdict.Unsupported:
                return new TrustVector();
            default:
                break;
        }

        var authenticity = result.Checks.Where(check => check.Kind == CheckKind.Authenticity).ToList();
        if (authenticity.Exists(check => check.Outcome == CheckOutcome.Fail))
        {
            return All(NotAuthentic);
        }

        if (result.Claims is null || authenticity.Exists(check => check.Rejects))
        {
            return new TrustVector();
        }

        var policy = result.Checks.Where(check => check.Kind == CheckKind.Policy).ToList();
        var identity = policy.FindAll(check => s_identity.Contains(check.Code));
        var executables = policy.FindAll(check => s_executables.Contains(check.Code));
        var debug = policy.FindAll(check => s_debug.Contains(check.Code));
        var configuration = policy.FindAll(check => !s_identity.Contains(check.Code) && !s_executables.Contains(check.Code));
        return new TrustVector
        {
            InstanceIdentity = Identity(identity),
            // A policy can allow debugging; whoever reads the token cannot know that it did.
            Configuration = result.Claims.Debug ? Math.Max(Claim(configuration, NoClaim), UnsafeConfiguration) : Claim(configuration, ApprovedConfiguration),
            Executables = Claim(executables, ApprovedBoot),
            Hardware = result.Emulated || authenticity.Exists(check => check.Outcome == CheckOutcome.Skip) ? NoClaim : Genuine,
            RuntimeOpaque = result.Claims.Debug ? VisibleMemory : Claim(debug, s_encrypted.Contains(result.Platform) ? EncryptedMemory : NoClaim),
        };
    }

    /// <summary>An instance counts as recognised only where the policy names machines: AR4SI has no claim for "some genuine one".</summary>
    static sbyte Identity(List<AttestationCheck> checks)
    {
        if (checks.Exists(check => check.Code == AttestationCodes.Machine && check.Outcome == CheckOutcome.Fail))
        {
            return UnknownInstance;
        }

        var recognised = checks.Exists(check => check.Code == AttestationCodes.Machine && check.Outcome == CheckOutcome.Pass);
        return Claim(checks, recognised ? Recognised : NoClaim);
    }

    /// <summary>Any failure contraindicates; a required check that did not run leaves no claim; otherwise something must have passed.</summary>
    static sbyte Claim(List<AttestationCheck> checks, sbyte affirming)
    {
        if (checks.Exists(check => check.Outcome == CheckOutcome.Fail))
        {
            return Contraindicated;
        }

        return checks.Exists(check => check.Rejects) || !checks.Exists(check => check.Outcome == CheckOutcome.Pass) ? NoClaim : affirming;
    }

    static TrustVector All(sbyte value) => new()
    {
        InstanceIdentity = value,
        Configuration = value,
        Executables = value,
        Hardware = value,
        RuntimeOpaque = value,
    };
}
