using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Amnion.Attestation.Composite;
using Amnion.Attestation.Dcap;
using Amnion.Attestation.Dcap.RaTls;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Nitro;
using Amnion.Attestation.Nvidia;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation;

/// <summary>
/// Appraises Evidence of any platform this build knows: RFC 9334 §8. Evidence formats differ in everything but this call, so
/// the choice is a switch and not an interface.
/// </summary>
public static class EvidenceAppraiser
{
    static readonly CheckRule s_supported = new(AttestationCodes.UnsupportedPlatform, "platform is supported", "Amnion policy format §2");

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
                var checks = new CheckList(policy.MaySkip);
                return NitroAppraiser.Appraise(evidence, policy, FieldAppraisal.Begin(platform, policy, context, checks), checks);
            case AttestationPlatform.Snp:
                return SnpAppraiser.Appraise(evidence, policy, context);
            case AttestationPlatform.Tdx or AttestationPlatform.Sgx:
                return AppraiseIntel(evidence, policy, context);
            case AttestationPlatform.Nvidia:
                return NvidiaAppraiser.Appraise(evidence, policy, context);
            case AttestationPlatform.Tpm:
                return TpmAppraiser.Appraise(evidence, policy, context);
            case AttestationPlatform.NitroTpm:
                return NitroTpmAppraiser.Appraise(evidence, policy, context);
            case AttestationPlatform.AzureSnp or AttestationPlatform.AzureTdx:
                return AzureVtpmAppraiser.Appraise(evidence, policy, context);
            default:
                var unsupported = new CheckList();
                unsupported.Add(s_supported, CheckOutcome.Fail, string.Join(", ", AttestationPlatform.All), "another platform");
                return AttestationResult.Unsupported(policy.Platform, unsupported.ToImmutable()[0]);
        }
    }

    /// <summary>A bare quote, a certificate that carries one, dstack's JSON; with an event log its replay is part of the appraisal.</summary>
    static AttestationResult AppraiseIntel(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context) => EvidenceReader.Recognise(evidence, out var parsed) switch
    {
        // Live, the attester must not choose what its Evidence binds: a caller that means a TLS certificate calls RaTlsAppraiser and compares the key with its session's.
        EvidenceForm.RaTls when context.AtDocumentTime => RaTlsAppraiser.Appraise(evidence, policy, context),
        EvidenceForm.Dstack => TdxLogAppraiser.AppraiseDstack((DstackEvidence)parsed!, policy, context),
        _ when context.EventLog is not null => TdxLogAppraiser.Appraise(evidence, policy, context),
        _ => DcapAppraiser.Appraise(evidence, policy, context),
    };

    /// <summary>Appraises many at once on all processors. Results stand in the order of the requests; each is what <see cref="Appraise"/> gives.</summary>
    /// <param name="requests">What to appraise.</param>
    /// <param name="maxParallelism">Most appraisals at once; 0 takes the number of processors.</param>
    public static ImmutableArray<AttestationResult> AppraiseAll(IReadOnlyList<AppraisalRequest> requests, int maxParallelism = 0)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfNegative(maxParallelism);
        var results = new AttestationResult[requests.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = maxParallelism == 0 ? Environment.ProcessorCount : maxParallelism };
        Parallel.For(0, requests.Count, options, i =>
        {
            var request = requests[i];
            results[i] = Appraise(request.Platform, request.Evidence.Span, request.Policy, request.Context);
        });
        return ImmutableCollectionsMarshal.AsImmutableArray(results);
    }
}
