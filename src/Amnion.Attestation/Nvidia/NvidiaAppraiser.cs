using System.Collections.Immutable;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Nvidia;

/// <summary>Verifies a device's report and compares it with a policy: RFC 9334 §8.4.</summary>
public static class NvidiaAppraiser
{
    /// <summary>Accepts devices whose OCSP answers carry another nonce than the relying party's, as answers from a cache do.</summary>
    public const string AllowOtherOcspNonce = "ocsp-nonce";

    internal static readonly FormatSpec Gpu = new()
    {
        CodeFields = [[NvidiaFields.DriverVersion, NvidiaFields.VbiosVersion]],
        MachineField = NvidiaFields.DeviceId,
        BindingField = NvidiaFields.Nonce,
        NonceField = NvidiaFields.Nonce,
        AllowNames = [AllowOtherOcspNonce],
        HasSecondRoot = true,
    };

    static readonly FormatSpec s_switch = Gpu with { CodeFields = [[NvidiaFields.VbiosVersion]] };

    /// <summary>
    /// Appraises the report of one device: the JSON that NVIDIA's SDK writes, with one device in it, or the raw report, whose chain (leaf first,
    /// in this order) is then taken from <see cref="Endorsements.Certificates"/>. Several devices are several appraisals.
    /// </summary>
    /// <param name="evidence">Report or container.</param>
    /// <param name="policy">The relying party's policy. Its trust anchor is the device root; a further one is that of manifests.</param>
    /// <param name="context">Nonce of 32 bytes, time, manifests and OCSP responses.</param>
    public static AttestationResult Appraise(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(Read(evidence, context), policy, context);
        }
        catch (NvidiaFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(exception.Code == NvidiaCodes.ResultIsNoEvidence ? NvidiaRules.ResultIsNoEvidence : NvidiaRules.Report, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }
    }

    /// <summary>Appraises parsed evidence.</summary>
    /// <param name="evidence">Report and chain.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="context">Nonce, time, manifests and OCSP responses.</param>
    public static AttestationResult Appraise(NvidiaEvidence evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList(policy.MaySkip);
        context = FieldAppraisal.Begin(AttestationPlatform.Nvidia, policy, context, checks);
        var (deviceAnchors, rimAnchors) = Anchors(policy);
        var verified = NvidiaVerifier.Verify(evidence, new NvidiaVerification
        {
            DeviceAnchors = deviceAnchors,
            RimAnchors = rimAnchors,
            At = context.Now,
            ClockSkew = policy.ClockSkew,
            Nonce = context.ExpectedUserData is null ? context.Nonce : default,
            Endorsements = context.Endorsements,
            OcspNonce = context.Nonce,
            AllowOtherOcspNonce = policy.Allow.Contains(AllowOtherOcspNonce),
            DangerousAllowDebug = policy.DangerousAllowDebug,
            Revoked = context.Revoked,
            MaySkip = policy.MaySkip,
            Cache = context.Cache,
        }, checks, out var debug);
        ImmutableArray<EvidenceField> fields = [.. evidence.Fields, .. verified.Claims];
        FieldAppraisal.Check(fields, evidence.Report.Kind == NvidiaDeviceKind.Gpu ? Gpu : s_switch, debug.Found, policy, context, checks, debug.IsKnown);
        var claims = checks.Authentic ? Claims(evidence, fields, debug.Found is not null) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    static NvidiaEvidence Read(ReadOnlySpan<byte> evidence, AppraisalContext context)
    {
        if (evidence.IsEmpty || evidence[0] is not ((byte)'{' or (byte)'[' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
        {
            return new NvidiaEvidence { Report = NvidiaReport.Parse(evidence), Chain = NvidiaChain.FromDer(context.Endorsements.Certificates, context.Cache) };
        }

        if (NrasBundle.Is(evidence))
        {
            throw new NvidiaFormatException(0, "evidence", "is the result of somebody's verification; what it was made from is needed", NvidiaCodes.ResultIsNoEvidence);
        }

        var all = NvidiaEvidenceReader.Read(evidence, context.Cache);
        return all.Length == 1 ? all[0] : throw new NvidiaFormatException(0, "evidence", "is of several devices, each of which is appraised alone");
    }

    /// <summary>
    /// The policy's roots: the first of devices, further ones of manifests, so that whoever may sign a manifest cannot also make a device. NVIDIA's
    /// own are known and serve for their own chains wherever they stand.
    /// </summary>
    static (ImmutableArray<TrustAnchor> Device, ImmutableArray<TrustAnchor> Rim) Anchors(AppraisalPolicy policy)
    {
        var roots = policy.FurtherTrustAnchors.Select(key => (Key: key, IsDevice: false)).Prepend((Key: policy.TrustAnchor, IsDevice: true)).Select(given =>
            given.Key == NvidiaRoots.Device.KeyDigest ? (Anchor: NvidiaRoots.Device, IsDevice: true)
            : given.Key == NvidiaRoots.Rim.KeyDigest ? (Anchor: NvidiaRoots.Rim, IsDevice: false)
            : (Anchor: new TrustAnchor { KeyDigest = given.Key }, given.IsDevice)).ToList();
        return ([.. roots.Where(root => root.IsDevice).Select(root => root.Anchor)], [.. roots.Where(root => !root.IsDevice).Select(root => root.Anchor)]);
    }

    static AttestationClaims Claims(NvidiaEvidence evidence, ImmutableArray<EvidenceField> fields, bool debug) => new()
    {
        AttesterId = evidence.Chain.DeviceId ?? evidence.Chain.Ueid,
        IssuedAt = null,
        Registers = evidence.Report.Measurements,
        UserData = null,
        Nonce = evidence.Report.Nonce,
        TrustAnchor = evidence.Chain.RootKeyDigest,
        Debug = debug,
        Fields = fields,
    };
}
